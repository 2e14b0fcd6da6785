import STTValues

@testable import STTRecognition

/// The machine of one stream on a stage: audio is told by its activity, and the test plays the decoder.
struct Stage {
    /// A decode that was asked for when so many frames had been taken.
    struct Asked {
        let frame: Int
        let request: DecodeRequest
    }

    private(set) var machine: UtteranceMachine
    private(set) var frameCount = 0
    private(set) var asked: [Asked] = []
    /// What is neither answered nor withdrawn.
    private(set) var waiting: [DecodeRequest] = []
    private(set) var withdrawn: [DecodeID] = []
    private(set) var events: [LiveEvent] = []
    /// Segments whose text is to be written.
    private(set) var unfinished: [(id: DecodeID, segment: Segment)] = []
    /// Partials whose text is to be written.
    private(set) var unfinishedPartials: [(id: DecodeID, partial: Partial, before: String)] = []
    /// An action that makes no sense: a withdrawal of nothing, two previews at once, text for a closed utterance.
    private(set) var nonsense: [String] = []

    init(
        _ rules: SegmentationRules = SegmentationRules(), partials: PartialPolicy? = PartialPolicy(),
        hasPasses: Bool = false
    ) {
        machine = UtteranceMachine(rules: rules, partials: partials, hasPasses: hasPasses)
    }

    // MARK: Input

    /// So many frames, and answers for any frames that have none yet.
    mutating func take(_ count: Int, activity: [Float]) {
        take(levels: [Float](repeating: -30, count: count), activity: activity)
    }

    mutating func take(levels: [Float], activity: [Float]) {
        var features = FeatureBlock()
        for frame in frameCount..<frameCount + levels.count {
            features.values += [Float](repeating: Float(frame), count: ModelGeometry.gigaAM.bandCount)
        }
        features.levels = levels
        frameCount += levels.count
        perform(machine.append(features, activity: activity))
    }

    /// Frames of speech, one at a time.
    mutating func speech(_ count: Int) {
        for _ in 0..<count { take(1, activity: [1]) }
    }

    /// Frames of silence, one at a time.
    mutating func silence(_ count: Int) {
        for _ in 0..<count { take(1, activity: [0]) }
    }

    mutating func flush(_ number: Int) { perform(machine.flush(number)) }

    mutating func finish(extraSamples: Int = 160) {
        perform(machine.finish(sampleCount: frameCount * ModelGeometry.gigaAM.hop + extraSamples))
    }

    // MARK: The decoder

    /// The only waiting decode of a purpose; the last one if there are more.
    func request(_ purpose: DecodeRequest.Purpose) -> DecodeRequest? { waiting.last { $0.purpose == purpose } }

    /// Answers the decode that waits, with words given as text and times.
    mutating func answer(_ purpose: DecodeRequest.Purpose, _ words: [Word] = []) {
        guard let request = request(purpose) else { return nonsense.append("a \(purpose) was not asked for") }
        answer(request.id, .words(words))
    }

    mutating func answer(_ id: DecodeID, _ outcome: DecodeOutcome) {
        waiting.removeAll { $0.id == id }
        perform(machine.decoded(id, outcome))
    }

    /// Takes the text of a segment that waits for it.
    mutating func finish(_ index: Int, text: String) {
        var (id, segment) = unfinished.remove(at: index)
        segment.text = text
        perform(machine.finished(id, segment))
    }

    /// Takes the text of a partial that waits for it.
    mutating func finishPartial(_ index: Int, text: String, committed: Int) {
        var (id, partial, _) = unfinishedPartials.remove(at: index)
        partial.write(text, committed: committed, of: partial.stableWordCount)
        perform(machine.finished(id, partial))
    }

    private mutating func perform(_ actions: [UtteranceMachine.Action]) {
        for action in actions {
            switch action {
            case .emit(let event): events.append(event)
            case .finish(let id, let segment): unfinished.append((id, segment))
            case .finishPartial(let id, let partial, let before):
                unfinishedPartials.append((id, partial, before?.committedText ?? ""))
            case .cancel(let id):
                if !waiting.contains(where: { $0.id == id }) { nonsense.append("withdrew what is not waited for") }
                waiting.removeAll { $0.id == id }
                withdrawn.append(id)
            case .decode(let request):
                let isSecond = request.purpose == .partial && self.request(.partial) != nil
                if isSecond { nonsense.append("two previews at once") }
                if request.frames == nil { nonsense.append("a window with frames missing") }
                asked.append(Asked(frame: frameCount, request: request))
                waiting.append(request)
            }
        }
    }
}

extension Stage {
    var finals: [Segment] { events.compactMap { if case .final(let segment) = $0 { segment } else { nil } } }
    var partials: [Partial] { events.compactMap { if case .partial(let partial) = $0 { partial } else { nil } } }
    /// The events as short words: `start 1.03`, `a b|c` for a partial with two stable words, `final silence: a b`.
    var story: [String] { events.map(\.story) }
    func asked(_ purpose: DecodeRequest.Purpose) -> [Asked] { asked.filter { $0.request.purpose == purpose } }
}

extension LiveEvent {
    var story: String {
        switch self {
        case .speechStarted(let time): "start \(time)"
        case .speechStopped(let time): "stop \(time)"
        case .partial(let partial):
            partial.stableText + "|"
                + partial.words.dropFirst(partial.stableWordCount).map(\.text).joined(separator: " ")
        case .final(let segment): "final \(segment.endpoint): \(segment.text)"
        case .flushed(let number): "flushed \(number)"
        case .speakers(let spans, _): "speakers \(spans.count)"
        case .speakersUnavailable: "no speakers"
        }
    }
}

extension DecodeRequest {
    /// The frames of a window whose values are their own indices; `nil` when it is not a run of frames that begins
    /// where the request says.
    var frames: Range<Int>? {
        let bands = ModelGeometry.gigaAM.bandCount
        guard let first = window.values.first, Int(first) == encoderOffset * 4 else { return nil }
        for frame in 0..<window.frameCount where window.values[frame * bands] != first + Float(frame) { return nil }
        return Int(first)..<Int(first) + window.frameCount
    }
}

extension Word {
    /// A word that lasts from one second to another.
    init(_ text: String, _ start: Double, _ end: Double) {
        self.init(text: text, start: start, end: end, confidence: 1)
    }
}
