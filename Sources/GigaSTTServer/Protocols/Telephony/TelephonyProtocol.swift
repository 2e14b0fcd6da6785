/// A protocol in which a telephone switch opens a WebSocket on the main port; the raw value is the flag, and the key of
/// the configuration file.
public enum TelephonyProtocol: String, Sendable, Hashable, CaseIterable {
    /// Asterisk's channel driver `chan_websocket`.
    case asterisk
    /// FreeSWITCH's `mod_audio_fork` and `mod_audio_stream`, and the verb `listen` of jambonz.
    case freeswitch
    /// The speech recognition API of jambonz.
    case jambonz

    /// Where it is served.
    var path: String {
        switch self {
        case .asterisk: "/v1/asterisk"
        case .freeswitch: "/v1/fork"
        case .jambonz: "/v1/jambonz"
        }
    }
}
