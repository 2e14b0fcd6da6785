/// How a live session ends.
struct SessionEnding: Sendable, Hashable {
    /// What becomes of the audio that is not decided yet.
    enum Rest: Sendable, Hashable {
        /// It is decoded into the last final.
        case decoded
        /// There is none, and the client is told so by an empty final.
        case empty
        /// Nobody waits for it.
        case dropped
    }

    let rest: Rest
    /// The close frame; `nil` when nobody is there to read it.
    let close: WebSocketClose?

    /// The client is gone.
    static let vanished = SessionEnding(rest: .dropped, close: nil)
}
