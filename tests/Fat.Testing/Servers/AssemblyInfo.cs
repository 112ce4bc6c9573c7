using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fat.Testing.Tests")]
