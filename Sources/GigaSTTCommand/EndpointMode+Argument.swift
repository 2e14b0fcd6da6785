public import ArgumentParser
public import GigaSTT

extension EndpointMode: ExpressibleByArgument {
    /// A mode as it is written on the command line.
    public init?(argument: String) { self.init(name: argument) }
}
