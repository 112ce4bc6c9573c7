using System.Text.Json;
using Wire;

namespace Accounts;

/// <summary>Hands what comes over the wire to the payment desk.</summary>
public sealed class PaymentDeskHandler(IPaymentDesk desk) : IWireHandler
{
    public Task HandleAsync(JsonElement body, CancellationToken cancellationToken) =>
        desk.PayAsync(body.Deserialize<Payment>() ?? throw new JsonException("The message holds no payment."), cancellationToken);
}
