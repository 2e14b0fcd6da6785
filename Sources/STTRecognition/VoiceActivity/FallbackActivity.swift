/// A model of voice activity that gives way to the energy of the audio for good when it fails.
///
/// The energy is followed all the time, so that its noise floor is known when it is needed.
package struct FallbackActivity: VoiceActivity {
    /// `nil` after a failure.
    private var model: (any VoiceActivity)?
    private var energy = EnergyActivity()
    /// What the energy says of the frames that have no probability yet.
    private var undecided: [Float] = []
    private let failure: FirstFailure

    package init(_ model: any VoiceActivity, failure: FirstFailure) {
        (self.model, self.failure) = (model, failure)
    }

    package func runsModel(appending sampleCount: Int?) -> Bool { model?.runsModel(appending: sampleCount) ?? false }

    package mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float] {
        undecided += energy.append(samples, levels: levels)
        return try decide { try $0.append(samples, levels: levels) }
    }

    package mutating func finish() throws -> [Float] { try decide { try $0.finish() } }

    private mutating func decide(_ ask: (inout any VoiceActivity) throws -> [Float]) throws -> [Float] {
        if var model {
            do {
                let decided = try ask(&model)
                self.model = model
                undecided.removeFirst(min(decided.count, undecided.count))
                return decided
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                self.model = nil
                failure.note(error)
            }
        }
        defer { undecided = [] }
        return undecided
    }
}
