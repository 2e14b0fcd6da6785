import GigaSTTServer
import TOMLKit

/// The protocols beyond gigastt's and OpenAI's that a flag, a variable or the configuration file asks for. A member that
/// is `nil` is not set there.
struct ProtocolChoices: Sendable, Hashable {
    /// Keys of the configuration file; those of ports are `ProtocolPort`'s, of telephony `TelephonyProtocol`'s.
    static let deepgramKey = "deepgram"
    static let keylessKey = "allow_keyless"

    var listeners: [ProtocolPort: ListenAddress] = [:]
    var deepgram: Bool?
    var telephony: [TelephonyProtocol: Bool] = [:]
    var keyless: [AddressRange]?

    /// Reads a member of the file; returns whether the key is one of these.
    ///
    /// Throws what makes a value unusable, as the end of a sentence.
    mutating func read(_ key: String, _ value: any TOMLValueConvertible) throws(Unusable) -> Bool {
        if let port = ProtocolPort(rawValue: key) {
            guard let address = value.string.flatMap({ ListenAddress($0) }) else {
                throw Unusable(expected: "an address and a port in quotes")
            }
            listeners[port] = address
            return true
        }
        if let wire = TelephonyProtocol(rawValue: key) {
            guard let flag = value.bool else { throw Unusable(expected: "true or false") }
            telephony[wire] = flag
            return true
        }
        switch key {
        case Self.deepgramKey:
            guard let flag = value.bool else { throw Unusable(expected: "true or false") }
            deepgram = flag
        case Self.keylessKey:
            guard let array = value.array else { throw Unusable(expected: "a list of addresses or ranges in quotes") }
            keyless = try array.map { (element) throws(Unusable) in
                guard let range = element.string.flatMap({ AddressRange($0) }) else {
                    throw Unusable(expected: "a list of addresses or ranges in quotes")
                }
                return range
            }
        default: return false
        }
        return true
    }

    /// A value of the wrong type or form.
    struct Unusable: Error { let expected: String }

    /// Applies what is set here, else what the file sets.
    func apply(to settings: inout ServerSettings, else file: ProtocolChoices) {
        settings.listeners = listeners.merging(file.listeners) { mine, _ in mine }
        settings.servesDeepgram = deepgram ?? file.deepgram ?? false
        let switches = telephony.merging(file.telephony) { mine, _ in mine }
        settings.telephony = Set(switches.filter(\.value).keys)
        settings.keylessRanges = keyless ?? file.keyless ?? []
    }
}
