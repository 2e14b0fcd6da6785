/// How a model is prepared and run.
package struct SessionOptions: Sendable {
    /// Threads inside one operator. One is right for a server: parallel runs scale better than parallel operators.
    package var intraOpThreads = 1
    /// Settings of the runtime by name, e.g. `session.intra_op.allow_spinning`.
    package var settings: [String: String] = [:]

    /// Where the operators run.
    package var provider = ExecutionProvider.cpu
    /// The memory in which inputs and outputs are bound, by the runtime's name, such as `Cpu`; `nil` leaves that to the
    /// provider. A session that has no such memory binds nothing.
    package var boundMemory: String?
    /// A file to which the graph is written as it is run; `nil` writes none.
    package var optimizedModel: String?

    /// One thread, all graph optimisations, no settings.
    package init() {}
}
