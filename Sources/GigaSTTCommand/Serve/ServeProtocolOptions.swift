import ArgumentParser
import GigaSTTServer

/// Protocols beyond gigastt's and OpenAI's.
struct ServeProtocolOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Serve the protocol of vosk-server at this address; its own port is 2700. [env GIGASTT_VOSK]",
            valueName: "address:port"))
    var vosk: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "Serve the Wyoming protocol of Home Assistant at this address; its usual port is 10300. "
                + "[env GIGASTT_WYOMING]", valueName: "address:port"))
    var wyoming: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "Serve Asterisk's AudioSocket at this address, and the texts of its calls at /v1/calls/{id}. "
                + "[env GIGASTT_AUDIOSOCKET]", valueName: "address:port"))
    var audiosocket: ListenAddress?

    @Flag(help: "Serve the interface of Deepgram at /v1/listen. [env GIGASTT_DEEPGRAM]")
    var deepgram = false

    @Flag(
        help: ArgumentHelp(
            "Serve Asterisk's WebSocket channels at /v1/asterisk, and the texts of their calls at /v1/calls/{id}. "
                + "[env GIGASTT_ASTERISK]"))
    var asterisk = false

    @Flag(
        help: ArgumentHelp(
            "Serve mod_audio_fork and mod_audio_stream of FreeSWITCH at /v1/fork, and the texts of their calls at "
                + "/v1/calls/{id}. [env GIGASTT_FREESWITCH]"))
    var freeswitch = false

    @Flag(help: "Serve the speech recognition API of jambonz at /v1/jambonz. [env GIGASTT_JAMBONZ]")
    var jambonz = false

    @Option(
        help: ArgumentHelp(
            "Address or range of addresses that may use a protocol without a place for a key although there are keys; "
                + "repeatable. [env GIGASTT_ALLOW_KEYLESS: separated by commas; default: this machine]",
            valueName: "net"))
    var allowKeyless: [AddressRange] = []

    /// What flags and variables ask for.
    func choices() throws -> ProtocolChoices {
        var choices = ProtocolChoices()
        choices.listeners[.vosk] = try Setting.optional(vosk, variable: "GIGASTT_VOSK") { ListenAddress($0) }
        choices.listeners[.wyoming] = try Setting.optional(wyoming, variable: "GIGASTT_WYOMING") { ListenAddress($0) }
        choices.listeners[.audiosocket] = try Setting.optional(audiosocket, variable: "GIGASTT_AUDIOSOCKET") {
            ListenAddress($0)
        }
        choices.deepgram = try Setting.optional(
            deepgram ? true : nil, variable: "GIGASTT_DEEPGRAM", parse: Setting.boolean)
        let switches: [(TelephonyProtocol, Bool)] = [
            (.asterisk, asterisk), (.freeswitch, freeswitch), (.jambonz, jambonz),
        ]
        for (wire, isOn) in switches {
            choices.telephony[wire] = try Setting.optional(
                isOn ? true : nil, variable: "GIGASTT_\(wire.rawValue.uppercased())", parse: Setting.boolean)
        }
        choices.keyless = try Setting.optional(
            allowKeyless.isEmpty ? nil : allowKeyless, variable: "GIGASTT_ALLOW_KEYLESS"
        ) { text in
            let parts = text.split(separator: ",").map { AddressRange(String($0)) }
            return parts.contains(nil) ? nil : parts.compactMap(\.self)
        }
        return choices
    }
}
