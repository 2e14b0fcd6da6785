/// How a model is prepared and run.
public struct SessionOptions: Sendable {
    /// Threads inside one operator. One is right for a server: parallel runs scale better than parallel operators.
    public var intraOpThreads = 1
    /// Settings of the runtime by name, e.g. `session.intra_op.allow_spinning`.
    public var settings: [String: String] = [:]

    /// Where the operators run.
    public var provider = ExecutionProvider.cpu
    /// A file to which the graph is written as it is run; `nil` writes none.
    public var optimizedModel: String?

    /// One thread, all graph optimisations, no settings.
    public init() {}
}
