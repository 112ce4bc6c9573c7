namespace Yarp.ReverseProxy.Model;

/// <summary>What YARP leaves in the metadata of its endpoints, by name; the package is not on the feed of these tests.</summary>
internal sealed class RouteModel;
