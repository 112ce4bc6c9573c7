using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Tests;

/// <summary>An endpoint's barrier comes out of the query of its request.</summary>
public sealed class BarrierTests
{
    private const string Complete = "?gid=0198f0aa&trans_type=tcc&branch_id=0101&op=try&more=1";

    [Fact]
    public void TheFieldsAreThoseOfDtm()
    {
        var barrier = Request(Complete).GetFatBarrier();

        Assert.Equal(("0198f0aa", "tcc", "0101", "try"), (barrier.Gid, barrier.TransType, barrier.BranchId, barrier.Op));
        Assert.True(Request(Complete).TryGetFatBarrier(out var same));
        Assert.Equal(("0198f0aa", "tcc", "0101", "try"), (same.Gid, same.TransType, same.BranchId, same.Op));
    }

    [Theory]
    [InlineData("", "trans_type is missing")]
    [InlineData("?trans_type=tcc&branch_id=0101&op=try", "gid is missing")]
    [InlineData("?gid=&trans_type=tcc&branch_id=0101&op=try", "gid is missing")]
    [InlineData("?gid=a&trans_type=tcc&op=try", "branch_id is missing")]
    [InlineData("?gid=a&trans_type=tcc&branch_id=0101", "op is missing")]
    [InlineData("?gid=a&gid=b&trans_type=tcc&branch_id=0101&op=try", "gid is there more than once")]
    [InlineData("?gid=a%20b&trans_type=tcc&branch_id=0101&op=try", "gid has to be 1 to 128 visible ASCII characters")]
    [InlineData("?gid=a&trans_type=fat&branch_id=00&op=try", "trans_type has to be")]
    [InlineData("?gid=a&trans_type=saga&branch_id=00&op=decision", "op has to be")]
    public void WhatIsMissingOrCannotBeIsNamed(string query, string what)
    {
        var refused = Assert.Throws<BadHttpRequestException>(() => Request(query).GetFatBarrier());

        Assert.Equal(StatusCodes.Status400BadRequest, refused.StatusCode);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.False(Request(query).TryGetFatBarrier(out _));
    }

    [Fact]
    public void TheTableIsTheApplicationsOwn() => Assert.Throws<ArgumentException>(() => Request(Complete).GetFatBarrier(table: " "));

    [Fact]
    public async Task AnEndpointTakesItFromItsRequest()
    {
        await using var app = await RealService.StartAsync("stock", app => app.MapPost("/take", (HttpContext http) => http.GetFatBarrier().Gid));

        Assert.Equal("0198f0aa", await (await PostAsync(app, Complete)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(app, "?gid=a")).StatusCode);
    }

    private static DefaultHttpContext Request(string query) => new() { Request = { QueryString = new QueryString(query) } };

    private static Task<HttpResponseMessage> PostAsync(TestApp app, string query) =>
        app.Client.PostAsync(new Uri("/take" + query, UriKind.Relative), null, TestContext.Current.CancellationToken);
}
