namespace Fat;

/// <summary>
/// Says what people are shown in place of what may be confidential: the payloads of messages, the arguments of lost calls, and the reasons of failures, which quote whatever an exception or
/// an answer says. Registered with <see cref="IFatBuilder.AddRedactor{TRedactor}"/> as a singleton; without one everything is shown. It changes nothing that is stored, sent to a service or
/// run again, only what leaves by <see cref="IFatAdmin"/>, <see cref="IFatMonitor"/>, <see cref="IFatMessageAdmin"/>, <see cref="IFatDtmServer"/>, the dashboard, handlers of incidents and
/// alerts, the webhook, problem details, logs and spans. Called concurrently, once for each text each time that it is shown: it has to be quick, and give the same for the same.
/// </summary>
public interface IFatRedactor
{
    /// <summary>
    /// What is shown. Null hides all of it: <c>(hidden)</c> is shown. So it is when this throws, which is logged (event 604).
    /// </summary>
    /// <param name="content">What would be shown.</param>
    string? Redact(FatContent content);
}
