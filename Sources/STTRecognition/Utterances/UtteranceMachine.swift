package import STTValues

/// The decisions of a stream: frames and results in, actions out. Pure, so every order of events can be a table.
package struct UtteranceMachine: Sendable {
    package enum Action: Sendable {
        case decode(DecodeRequest)
        /// Write the text of a stitched segment, then call `finished`.
        case finish(DecodeID, Segment)
        /// Write the text of a partial, then call `finished`. The committed part of the text before it stays.
        case finishPartial(DecodeID, Partial, after: Partial.Written?)
        case cancel(DecodeID)
        case emit(LiveEvent)
    }

    /// What happens when the segmenter gets to a frame.
    private enum Barrier: Sendable {
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
    private var frames = FrameAligner()
    private var barriers: [(frame: Int, barrier: Barrier)] = []
    private var probe: (id: DecodeID, window: Range<Int>)?
    private var open: OpenUtterance?
    private var finals: OrderedFinals
    private var decodeCount = 0
    /// How often speech began; each onset has one `speechStarted`.
    package private(set) var onsetCount = 0
    /// How many utterances have ended; each has one `final`.
    package private(set) var endpointCount = 0
    private var actions: [Action] = []

    /// A file is a stream without partials and without speculative finals: latency does not matter.
    /// It begins at `firstFrame`, up to which the stream is recognised already.
    package init(
        rules: SegmentationRules, partials: PartialPolicy?, decodesAhead: Bool? = nil,
        options: DecodeOptions = DecodeOptions(), hasPasses: Bool = false, geometry: ModelGeometry = .gigaAM,
        firstFrame: Int = 0
    ) {
        self.geometry = geometry
        self.hasPasses = hasPasses
        timeline = FeatureTimeline(bandCount: geometry.bandCount, firstFrame: firstFrame)
        self.partials = partials
        self.options = options
        self.decodesAhead = decodesAhead ?? (partials != nil)
        segmenter = Segmenter(rules: rules, firstFrame: firstFrame)
        finals = OrderedFinals(geometry, hasPasses: hasPasses)
    }

    /// Closed utterances that are not decoded yet.
    package var undecodedCount: Int { finals.undecodedCount }

    /// Events that wait for a final before them, and flushes that the segmenter has not come to.
    package var pendingEventCount: Int { finals.count + barriers.count }

    /// Frames that wait for the answer to a probe before they can be cut into utterances.
    package var heldFrameCount: Int { probe == nil ? 0 : frames.count }

    /// Whether the partial of the open utterance is being made, or cannot be before the finals in front of it are out.
    package var isPartialOutstanding: Bool {
        guard partials != nil, let open else { return false }
        return open.partialDecode != nil || open.unfinished != nil || !finals.isEmpty
    }

    /// Takes the next frames and the next speech probabilities, which may lag behind.
    package mutating func append(_ features: FeatureBlock, activity: [Float]) -> [Action] {
        timeline.append(features.values)
        frames.append(levels: features.levels, activity: activity)
        return run()
    }

    /// Ends the open utterance, if there is one, and marks this point of the stream.
    package mutating func flush(_ number: Int) -> [Action] {
        frames.extrapolate()
        barriers.append((timeline.endFrame, .flush(number)))
        return run()
    }

    /// Ends the stream of `sampleCount` samples with one last final.
    package mutating func finish(sampleCount: Int) -> [Action] {
        frames.extrapolate()
        finals.duration = geometry.seconds(samples: sampleCount)
        barriers.append((timeline.endFrame, .end))
        return run()
    }

    /// Takes the outcome of a decode. An outcome that is not awaited any more is dropped.
    package mutating func decoded(_ id: DecodeID, _ outcome: DecodeOutcome) -> [Action] {
        let readings: [Reading]? = if case .read(let readings) = outcome { readings } else { nil }
        let words = readings.map { $0.first?.words ?? [] }
        if let readings, finals.resolve(id, readings) {
            emitFinals()
        } else if let probe, probe.id == id {
            self.probe = nil
            // Without words nothing is known, and speech goes on.
            guard let words else { return run() }
            let last = words.last.map { geometry.featureFrames(seconds: $0.lastToken) }
            for step in segmenter.answer(probe.window, lastToken: last) { perform(step) }
        } else if open?.speculative?.id == id {
            open?.speculative?.readings = readings
            if words == nil { open?.speculative = nil }
            publish(words, end: open?.speculative?.window.upperBound)
        } else if let decode = open?.partialDecode, decode.id == id {
            open?.endPartial(now: segmenter.frameCount)
            publish(words, end: decode.windowEnd)
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
        open?.written = partial.written
        return [.emit(.partial(partial))]
    }

    /// Cuts as far as possible, and collects what is to be done.
    private mutating func run() -> [Action] {
        while probe == nil {
            if let barrier = barriers.first, barrier.frame == segmenter.frameCount {
                barriers.removeFirst()
                perform(barrier.barrier)
            } else if let (level, activity) = frames.next() {
                for step in segmenter.next(activity: activity, level: level) { perform(step) }
            } else {
                break
            }
        }
        requestPartial()
        timeline.discard(before: segmenter.retainedFrom)
        defer { actions = [] }
        return actions
    }

    private mutating func perform(_ barrier: Barrier) {
        switch barrier {
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
        case .speculate(let window):
            guard decodesAhead else { return }
            cancelPartial()
            let id = request(window, .final, isAhead: true)
            open?.speculative = OpenUtterance.SpeculativeFinal(id: id, window: window)
        case .speechResumed:
            if let speculative = open?.speculative, speculative.readings == nil {
                actions.append(.cancel(speculative.id))
            }
            open?.speculative = nil
        case .probe(let window):
            probe = (request(window, .probe), window)
        case .closed(let span):
            close(span)
        }
    }

    private mutating func close(_ span: UtteranceSpan) {
        cancelPartial()
        let speculative = open?.speculative
        open = nil
        endpointCount += 1
        guard let window = span.window else {
            finals.append(span, [])
            return emitFinals()
        }
        if span.isCut, let next = segmenter.openWindow {
            // Speech goes on. What the window holds of the previous utterance is not published again.
            let start = geometry.seconds(featureFrames: span.coverage.upperBound)
            open = OpenUtterance(onset: next.lowerBound, firstSecond: start, geometry: geometry)
        } else {
            finals.append(.speechStopped(at: geometry.seconds(featureFrames: window.upperBound)))
        }
        if let speculative, speculative.window == window {
            if let readings = speculative.readings {
                finals.append(span, readings)
            } else {
                finals.append(span, decodedBy: speculative.id)
            }
        } else {
            if let speculative, speculative.readings == nil { actions.append(.cancel(speculative.id)) }
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

    private mutating func cancelPartial() {
        guard let decode = open?.partialDecode else { return }
        actions.append(.cancel(decode.id))
        open?.endPartial(now: segmenter.frameCount)
    }

    private mutating func request(
        _ window: Range<Int>, _ purpose: DecodeRequest.Purpose, isAhead: Bool = false
    ) -> DecodeID {
        let id = nextID()
        var options = options
        if purpose != .final { options.hypothesisCount = 1 }
        actions.append(
            .decode(
                DecodeRequest(
                    id: id, purpose: purpose, isAhead: isAhead, window: timeline.window(window),
                    encoderOffset: window.lowerBound / geometry.stride, options: options)))
        return id
    }

    /// Requests a partial if one is due. Text of the open utterance is published only after the finals before it.
    private mutating func requestPartial() {
        guard let partials, finals.isEmpty, let window = segmenter.openWindow,
            open?.isPartialDue(window, policy: partials) == true
        else { return }
        let id = request(window, .partial)
        open?.begin(OpenUtterance.PartialDecode(id: id, windowEnd: window.upperBound))
    }

    private mutating func publish(_ words: [Word]?, end: Int?) {
        guard let partials, let words, let end, finals.isEmpty,
            let partial = open?.partial(words, end: end, policy: partials)
        else { return }
        guard hasPasses else { return actions.append(.emit(.partial(partial))) }
        let id = nextID()
        open?.unfinished = id
        actions.append(.finishPartial(id, partial, after: open?.written))
    }
}
