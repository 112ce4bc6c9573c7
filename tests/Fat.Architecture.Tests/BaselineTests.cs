using Fat.Architecture.Tests.Baselines;

namespace Fat.Architecture.Tests;

/// <summary>What others have compiled or deployed against does not change by accident.</summary>
public sealed class BaselineTests
{
    [Fact]
    public void The_public_surface_of_Fat_Core_is_as_agreed() => Api(0);

    [Fact]
    public void The_public_surface_of_Fat_AspNetCore_is_as_agreed() => Api(1);

    [Fact]
    public void The_public_surface_of_Fat_Refit_is_as_agreed() => Api(2);

    [Fact]
    public void The_public_surface_of_Fat_Testing_is_as_agreed() => Api(3);

    [Fact]
    public void What_services_tell_each_other_and_leave_behind_is_as_agreed() => Baseline.Check("Wire.txt", WireText.All());

    [Fact]
    public void A_changed_line_is_shown_with_its_old_text_and_how_to_accept_it()
    {
        var difference = Baseline.Difference("one\ntwo\nthree\n", "one\n2\nthree\nfour\n");

        Assert.Equal("- two\n+ 2\n+ four", difference);
        Assert.Contains("FAT_ACCEPT_BASELINES=1", Baseline.Message("X.txt", difference), StringComparison.Ordinal);
        Assert.Empty(Baseline.Difference("one\r\ntwo\r\n", "one\ntwo\n"));
        Assert.Equal("+ one", Baseline.Difference(string.Empty, "one\n"));
    }

    [Fact]
    public void A_surface_is_told_apart_by_names_types_nullability_and_defaults()
    {
        var text = ApiText.Of([typeof(Shown)]);

        Assert.Contains("static string? Find(string name, int most = 5)", text, StringComparison.Ordinal);
        Assert.Contains("System.Collections.Generic.IReadOnlyList<string?> Names { get; init; }", text, StringComparison.Ordinal);
        Assert.Contains("const int Most = 5", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Hidden", text, StringComparison.Ordinal);
    }

    private static void Api(int which) =>
        Baseline.Check($"{Product.All[which].GetName().Name}.api.txt", ApiText.Of(Product.All[which].GetExportedTypes()));

    public sealed class Shown
    {
        public const int Most = 5;

        public IReadOnlyList<string?> Names { get; init; } = [];

        internal int Hidden { get; set; }

        public static string? Find(string name, int most = Most) => most > 0 ? name : null;
    }
}
