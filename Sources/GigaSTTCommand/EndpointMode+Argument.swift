public import ArgumentParser
public import GigaSTTServer

extension EndpointMode: ExpressibleByArgument {
    /// Reads a mode from the command line.
    public init?(argument: String) { self.init(name: argument) }
}
