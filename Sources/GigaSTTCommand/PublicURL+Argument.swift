public import ArgumentParser
public import GigaSTTServer

extension PublicURL: ExpressibleByArgument {
    /// Reads `http://…` or `https://…`.
    public init?(argument: String) { self.init(argument) }
}
