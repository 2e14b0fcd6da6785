import STTValues

/// A message of a server as one JSON object.
struct JSONReply: LiveReply, Hashable {
    let json: JSONValue
    var failureCode: String?

    init(_ json: JSONValue, failureCode: String? = nil) {
        self.json = json
        self.failureCode = failureCode
    }

    var message: LiveMessage { .text(json.description) }
}
