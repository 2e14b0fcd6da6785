import GigaSTT

/// A member of `configure` that sets a member of the session's `RecognitionRequest`. A new option is one row of `all`.
///
/// An option that the loaded models cannot satisfy is no error in the contract, but a value of a wrong type is.
struct SessionOption: Sendable {
    let name: String
    /// Sets the value; returns `false` for one of a wrong type, or one that is not known.
    let set: @Sendable (JSONMembers.Value, inout RecognitionRequest) -> Bool

    static let all = [
        boolean("diarization", \.speakers),
        boolean("punctuation", \.punctuation),
        boolean("itn", \.numbers),
        SessionOption(name: "itn_policy") { value, request in
            guard case .string(let name) = value, let style = TextFormatting.NumberStyle(name: name) else {
                return false
            }
            request.numberStyle = style
            return true
        },
        SessionOption(name: "mask") { value, request in
            guard case .string(let names) = value, let masks = TextFormatting.Mask.set(names: names) else {
                return false
            }
            request.masks = masks
            return true
        },
        boolean("fusion", \.fusion),
        SessionOption(name: "confidence") { value, request in
            guard case .string(let name) = value, let scale = ConfidenceScale(rawValue: name) else { return false }
            request.confidence = scale
            return true
        },
        boolean("spans", \.spans),
        SessionOption(name: "max_alternatives") { value, request in
            guard case .integer(let count) = value, (1...10).contains(count) else { return false }
            request.maximumAlternatives = Int(count)
            return true
        },
        SessionOption(name: "hotwords") { value, request in
            guard case .string(let list) = value else { return false }
            request.hotwords = RecognitionRequest.phrases(list)
            return (try? request.checkHotwords()) != nil
        },
        SessionOption(name: "hotwords_boost") { value, request in
            guard let number = value.number else { return false }
            request.hotwordBoost = number
            return true
        },
    ]

    private static func boolean(
        _ name: String, _ path: any WritableKeyPath<RecognitionRequest, Bool?> & Sendable
    ) -> SessionOption {
        SessionOption(name: name) { value, request in
            guard case .boolean(let flag) = value else { return false }
            request[keyPath: path] = flag
            return true
        }
    }
}
