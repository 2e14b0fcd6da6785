public import ArgumentParser
public import GigaSTTServer

extension ListenAddress: ExpressibleByArgument {
    /// Reads `ADDRESS:PORT`.
    public init?(argument: String) { self.init(argument) }
}

extension LogFormat: ExpressibleByArgument {}

extension AddressRange: ExpressibleByArgument {
    /// Reads an address or CIDR notation.
    public init?(argument: String) { self.init(argument) }
}
