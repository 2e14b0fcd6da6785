import GigaSTT

/// The errors that the protocol itself finds, word for word as in the gigastt 2.3 contract.
extension ServerMessage {
    static let configureTooLate = ServerMessage.error(
        code: "configure_too_late", message: "Configure must be sent before first audio frame")
    static let tooManyEmptyMessages = ServerMessage.error(
        code: "policy_violation", message: "Empty frame limit exceeded")
    static let idleTimeout = ServerMessage.error(code: "idle_timeout", message: "Idle timeout")
    static let sessionTooLong = ServerMessage.error(
        code: "max_session_duration_exceeded", message: "Maximum session duration exceeded")

    static func invalidSampleRate(_ rate: UInt32) -> ServerMessage {
        .error(
            code: "invalid_sample_rate",
            message: "Unsupported sample rate: \(rate)Hz. Supported: \(PCMFormat.sampleRates)")
    }

    static func unsupportedVersion(_ version: String) -> ServerMessage {
        let known = GigaProtocol.acceptedVersions.joined(separator: ", ")
        return .error(
            code: "unsupported_protocol_version",
            message: "Unsupported protocol version: \(quoted(version)). Supported: \(known)")
    }

    static func invalidEndpointMode(_ name: String) -> ServerMessage {
        let known = EndpointMode.allCases.map(\.rawValue).joined(separator: ", ")
        return .error(
            code: "invalid_endpoint_mode", message: "Unsupported endpoint_mode: \(quoted(name)). Supported: \(known)")
    }

    static func invalidCommitPolicy(_ name: String) -> ServerMessage {
        let known = CommitPolicy.allCases.map(\.rawValue).joined(separator: ", ")
        return .error(
            code: "invalid_commit_policy", message: "Unsupported commit_policy: \(quoted(name)). Supported: \(known)")
    }

    static let invalidMarker = ServerMessage.error(
        code: "invalid_marker",
        message: "A marker needs an id, a string of at most \(GigaProtocol.markerByteLimit) bytes")
    static let tooManyMarkers = ServerMessage.error(
        code: "too_many_markers", message: "Too many markers are not decided yet. Send this one again later")

    static let resumeUnavailable = ServerMessage.error(
        code: "resume_unavailable",
        message: "This server resumes no sessions; this one ends with its connection")

    static func resumeRefused(_ refusal: ResumeMachine.Refusal) -> ServerMessage {
        switch refusal {
        case .unknown:
            .error(
                code: "session_unknown",
                message: "No session to resume: it has ended, its time is over, or it is another client's. "
                    + "Begin a new one")
        case .incomplete:
            .error(
                code: "replay_incomplete",
                message: "Messages after that number are no longer held. Begin a new session")
        }
    }

    static func invalidConfigure(field: String?) -> ServerMessage {
        let what = field.map { "'\($0)' has a value of the wrong type, or comes twice" } ?? "its fields cannot be read"
        return .error(
            code: "invalid_configure",
            message: "Invalid configure: \(what). Nothing of it was applied; correct it and send it again.")
    }

    /// The client's own words back to it, but not half a megabyte of them.
    private static func quoted(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(64)))
    }
}
