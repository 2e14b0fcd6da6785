import GigaSTT
import HTTPTypes

/// What the address of a connection and its metadata say of a call from FreeSWITCH; the address goes first.
struct ForkSettings: Sendable, Hashable {
    private static let channelCounts = ["mono": 1, "mixed": 1, "stereo": 2]

    /// Whether previews of the open utterance are sent.
    let interimResults: Bool
    /// `nil`: the text leaves over the connection only.
    private(set) var call: CallID?
    private var sampleRate: Int?
    private var channelCount: Int?

    /// Throws `invalid_query`, `invalid_call_id` and `invalid_sample_rate`.
    init(_ query: String?) throws(HTTPFailure) {
        let fields = QueryFields(query)
        interimResults = try fields.boolean("interim_results") ?? false
        call = try fields.callID()
        sampleRate = try fields.number("sample_rate")
        if let name = try fields["mix_type"] {
            guard let count = Self.channelCounts[name] else {
                throw QueryFields.failure("mix_type: provided string was not `mono`, `mixed` or `stereo`")
            }
            channelCount = count
        }
        guard format != nil else { throw .invalidSampleRate }
    }

    /// FreeSWITCH has 8000 Hz unless told otherwise.
    var format: PCMFormat? {
        let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: sampleRate ?? 8_000)
        return encoding.flatMap { try? PCMFormat.headerless($0) }
    }

    /// Channels, each of which is recognised apart: what is mixed already has one.
    var channels: Int { channelCount ?? 1 }

    /// Takes what jambonz says of a call; other metadata are the application's. Returns what is not usable.
    mutating func read(_ metadata: String) -> String? {
        guard let object = JSONMembers(metadata) else { return nil }
        func value(_ name: String) -> JSONMembers.Value? { object.single(name).flatMap { $0 == .null ? nil : $0 } }
        if call == nil, let value = value("callSid") {
            guard case .string(let text) = value, let id = CallID(text) else { return "callSid is not usable" }
            call = id
        }
        if channelCount == nil, let value = value("mixType") {
            guard case .string(let name) = value, let count = Self.channelCounts[name] else {
                return "mixType must be mono, mixed or stereo"
            }
            channelCount = count
        }
        if sampleRate == nil, let value = value("sampleRate") {
            sampleRate = value.number.flatMap { Int(exactly: $0) } ?? 0
            guard format != nil else { return "sampleRate must be 8000 to 192000" }
        }
        return nil
    }
}
