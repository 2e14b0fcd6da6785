package import STTValues

/// The heart of a stream: frames and results in, actions out. Pure, so every order of events can be a table.
package struct UtteranceMachine: Sendable {
    package enum Action: Sendable {
        case decode(DecodeRequest)
        /// Write the text of a stitched segment, then call `finished`.
        case finish(DecodeID, Segment)
        /// Write the text of a partial, then call `finished`.
        case finishPartial(DecodeID, Partial)
        case cancel(DecodeID)
        case emit(LiveEvent)
    }

    /// What happens when the segmenter gets to a frame.
    private enum Mark: Sendable {
        case flush(Int)
        case end
    }

    private let partials: PartialPolicy?
    private let decodesAhead: Bool
    private let options: DecodeOptions
    private var segmenter: Segmenter
    private let geometry: ModelGeometry
    /// Whether text passes follow the stitching.
    private let hasPasses: Bool
    private var timeline: FeatureTimeline
    private var answers = ActivityQueue()
    private var marks: [(frame: Int, mark: Mark)] = []
    private var probe: (id: DecodeID, window: Range<Int>)?
    private var open: OpenUtterance?
    private var finals: FinalsInOrder
    private var decodeCount = 0
    /// How often speech began, each time told by one `speechStarted`.
    package private(set) var onsetCount = 0
    /// How many utterances have ended, each told by one `final`.
    package private(set) var endpointCount = 0
    private var actions: [Action] = []

    /// A file is a stream without previews, of which no final is decoded ahead either: nobody waits for it.
    package init(
        rules: SegmentationRules, partials: PartialPolicy?, decodesAhead: Bool? = nil,
        options: DecodeOptions = DecodeOptions(), hasPasses: Bool = false, geometry: ModelGeometry = .gigaAM
    ) {
        self.geometry = geometry
        self.hasPasses = hasPasses
        timeline = FeatureTimeline(bandCount: geometry.bandCount)
        self.partials = partials
        self.options = options
        self.decodesAhead = decodesAhead ?? (partials != nil)
        segmenter = Segmenter(rules: rules)
        finals = FinalsInOrder(geometry, hasPasses: hasPasses)
    }

    /// Closed utterances that are not decoded yet.
    package var undecodedCount: Int { finals.undecodedCount }

    /// Events that wait for a final before them, and flushes that the segmenter has not come to.
    package var pendingEventCount: Int { finals.count + marks.count }

    /// Frames that wait for the answer to a probe before they can be cut into utterances.
    package var heldFrameCount: Int { probe == nil ? 0 : answers.count }

    /// Takes the next frames and the next answers of the voice activity, which may lag behind.
    package mutating func append(_ features: FeatureBlock, activity: [Float]) -> [Action] {
        timeline.append(features.values)
        answers.append(levels: features.levels, activity: activity)
        return run()
    }

    /// Ends the open utterance, if there is one, and marks this point of the stream.
    package mutating func flush(_ number: Int) -> [Action] {
        answers.answerAll()
        marks.append((timeline.endFrame, .flush(number)))
        return run()
    }

    /// Ends the stream of `sampleCount` samples with one last final.
    package mutating func finish(sampleCount: Int) -> [Action] {
        answers.answerAll()
        finals.duration = geometry.seconds(samples: sampleCount)
        marks.append((timeline.endFrame, .end))
        return run()
    }

    /// Takes what a decode gave. A result that nobody waits for any more is dropped.
    package mutating func decoded(_ id: DecodeID, _ outcome: DecodeOutcome) -> [Action] {
        let words: [Word]? = if case .words(let words) = outcome { words } else { nil }
        if let words, finals.resolve(id, words: words) {
            emitFinals()
        } else if let probe, probe.id == id {
            self.probe = nil
            // Without an answer nothing is known, and speech goes on.
            guard let words else { return run() }
            let last = words.last.map { geometry.featureFrames(seconds: $0.lastToken) }
            for step in segmenter.answer(probe.window, lastToken: last) { perform(step) }
        } else if open?.ahead?.id == id {
            open?.ahead?.words = words
            if words == nil { open?.ahead = nil }
            show(words, end: open?.ahead?.window.upperBound)
        } else if let preview = open?.preview, preview.id == id {
            open?.endPreview(now: segmenter.frameCount)
            show(words, end: preview.windowEnd)
        }
        return run()
    }
}

extension UtteranceMachine {
    /// Takes a segment whose text is written. One that no longer waits is dropped.
    package mutating func finished(_ id: DecodeID, _ segment: Segment) -> [Action] {
        if finals.resolve(id, segment: segment) { emitFinals() }
        return run()
    }

    /// Takes a partial whose text is written. One is dropped when its utterance has ended, or a newer one was decoded.
    package mutating func finished(_ id: DecodeID, _ partial: Partial) -> [Action] {
        guard open?.unfinished == id, finals.isEmpty else { return [] }
        open?.unfinished = nil
        return [.emit(.partial(partial))]
    }

    /// Cuts as far as possible, and collects what is to be done.
    private mutating func run() -> [Action] {
        while probe == nil {
            if let mark = marks.first, mark.frame == segmenter.frameCount {
                marks.removeFirst()
                perform(mark.mark)
            } else if let (level, activity) = answers.next() {
                for step in segmenter.next(activity: activity, level: level) { perform(step) }
            } else {
                break
            }
        }
        preview()
        timeline.drop(before: segmenter.retainedFrom)
        defer { actions = [] }
        return actions
    }

    private mutating func perform(_ mark: Mark) {
        switch mark {
        case .flush(let number):
            for step in segmenter.flush() { perform(step) }
            finals.append(.flushed(number))
        case .end:
            for step in segmenter.finish() { perform(step) }
        }
        emitFinals()
    }

    private mutating func perform(_ step: Segmenter.Action) {
        switch step {
        case .opened(let windowStart):
            let now = segmenter.frameCount
            onsetCount += 1
            open = OpenUtterance(
                onset: now, firstSecond: geometry.seconds(featureFrames: windowStart), geometry: geometry)
            finals.append(.speechStarted(at: geometry.seconds(featureFrames: now)))
            emitFinals()
        case .ready(let window):
            guard decodesAhead else { return }
            withdrawPreview()
            let id = request(window, .final)
            open?.ahead = OpenUtterance.Ahead(id: id, window: window)
        case .resumed:
            if let ahead = open?.ahead, ahead.words == nil { actions.append(.cancel(ahead.id)) }
            open?.ahead = nil
        case .probe(let window):
            probe = (request(window, .probe), window)
        case .closed(let span):
            close(span)
        }
    }

    private mutating func close(_ span: UtteranceSpan) {
        withdrawPreview()
        let ahead = open?.ahead
        open = nil
        endpointCount += 1
        guard let window = span.window else {
            finals.append(span, words: [])
            return emitFinals()
        }
        if span.isCut, let next = segmenter.openWindow {
            // Speech goes on. What the window holds of the utterance before is not shown again.
            let start = geometry.seconds(featureFrames: span.coverage.upperBound)
            open = OpenUtterance(onset: next.lowerBound, firstSecond: start, geometry: geometry)
        } else {
            finals.append(.speechStopped(at: geometry.seconds(featureFrames: window.upperBound)))
        }
        if let ahead, ahead.window == window {
            if let words = ahead.words {
                finals.append(span, words: words)
            } else {
                finals.append(span, decodedBy: ahead.id)
            }
        } else {
            if let ahead, ahead.words == nil { actions.append(.cancel(ahead.id)) }
            finals.append(span, decodedBy: request(window, .final))
        }
        emitFinals()
    }

    private mutating func emitFinals() {
        let (events, unfinished) = finals.release(decodeCount: &decodeCount)
        actions += events.map { .emit($0) } + unfinished.map { .finish($0, $1) }
    }

    private mutating func nextID() -> DecodeID {
        decodeCount += 1
        return DecodeID(number: decodeCount)
    }

    private mutating func withdrawPreview() {
        guard let preview = open?.preview else { return }
        actions.append(.cancel(preview.id))
        open?.endPreview(now: segmenter.frameCount)
    }

    private mutating func request(_ window: Range<Int>, _ purpose: DecodeRequest.Purpose) -> DecodeID {
        let id = nextID()
        var options = options
        if purpose != .final { options.hypothesisCount = 1 }
        actions.append(
            .decode(
                DecodeRequest(
                    id: id, purpose: purpose, window: timeline.window(window),
                    encoderOffset: window.lowerBound / geometry.stride, options: options)))
        return id
    }

    /// Asks for a preview if one is due. Text of the open utterance is shown only when the finals before it are out.
    private mutating func preview() {
        guard let partials, finals.isEmpty, let window = segmenter.openWindow,
            open?.isPreviewDue(window, policy: partials) == true
        else { return }
        let id = request(window, .partial)
        open?.begin(OpenUtterance.Preview(id: id, windowEnd: window.upperBound))
    }

    private mutating func show(_ words: [Word]?, end: Int?) {
        guard let partials, let words, let end, finals.isEmpty,
            let partial = open?.partial(words, end: end, policy: partials)
        else { return }
        guard hasPasses else { return actions.append(.emit(.partial(partial))) }
        let id = nextID()
        open?.unfinished = id
        actions.append(.finishPartial(id, partial))
    }
}
