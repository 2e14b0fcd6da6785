import STTValues

/// Cuts frames into utterances: the same for a file and for a live stream, pure and causal.
package struct Segmenter: Sendable {
    package enum Action: Sendable, Hashable {
        /// Speech began; the window will start at this frame.
        case opened(windowStart: Int)
        /// The window is complete unless speech goes on before the pause is long enough.
        case speculate(window: Range<Int>)
        /// Speech went on after all.
        case speechResumed
        /// The words in this window decide whether speech goes on: no frame may follow before `answer`.
        case probe(window: Range<Int>)
        /// The utterance is over.
        case closed(UtteranceSpan)
    }

    private struct Open {
        var windowStart: Int
        var lastSpeech: Int
        var isReady = false
        var continues = false
        var levels: [Float] = []  // since windowStart
        /// Frame of the last short silence, or of the last probe: what a probe waits for the lack of.
        var probeBase: Int
        /// Middle of the first short pause behind the soft limit: where the utterance is cut if speech goes on.
        var pausePoint: Int?

        mutating func moveStart(to frame: Int) {
            levels.removeFirst(min(frame - windowStart, levels.count))
            windowStart = frame
            pausePoint = nil
        }
    }

    private enum State {
        /// No speech → `speech` after an onset.
        case idle(run: Int)
        /// Speech → `idle` at an endpoint; stays at a cut.
        case speech(Open)
    }

    private let rules: SegmentationRules
    private var state = State.idle(run: 0)
    /// Frames taken so far.
    package private(set) var frameCount: Int
    private var coverageStart: Int
    private var recentLevels: [Float] = []  // of the pre-roll, for `Open.levels`

    /// - Parameter firstFrame: the index of the first frame: where an utterance ended, if not 0.
    package init(rules: SegmentationRules, firstFrame: Int = 0) {
        self.rules = rules
        (frameCount, coverageStart) = (firstFrame, firstFrame)
    }

    /// The first frame that may still be asked for.
    package var retainedFrom: Int {
        switch state {
        case .idle: max(0, min(frameCount, max(coverageStart, frameCount - rules.preRoll - rules.onset)) - 3)
        case .speech(let open): open.windowStart
        }
    }

    /// The window of the open utterance as far as it is known; `nil` without speech.
    package var openWindow: Range<Int>? {
        guard case .speech(let open) = state else { return nil }
        return open.windowStart..<frameCount
    }

    /// Takes the next frame: how likely it is speech, and its level in dB.
    package mutating func next(activity: Float, level: Float) -> [Action] {
        let frame = frameCount
        frameCount += 1
        switch state {
        case .idle(let run):
            keep(level)
            let run = activity >= rules.onThreshold ? run + 1 : 0
            guard run >= rules.onset else {
                state = .idle(run: run)
                return []
            }
            return open(firstSpeech: frame - run + 1, lastSpeech: frame)
        case .speech(var open):
            open.levels.append(level)
            return advance(&open, frame: frame, isSpeech: activity >= rules.offThreshold)
        }
    }

    /// Ends the open utterance now, if there is one; frames may follow.
    package mutating func flush() -> [Action] {
        guard case .speech(let open) = state else { return [] }
        return [close(open, at: frameCount, endpoint: .flush)]
    }

    /// Ends the recording: one last utterance, of speech or of the silence that is left.
    package mutating func finish() -> [Action] {
        let end = frameCount
        guard case .speech(let open) = state else {
            return [.closed(UtteranceSpan(coverage: coverageStart..<end, window: nil, endpoint: .endOfInput))]
        }
        // What is being decoded ahead already stays as it is.
        let tail = open.isReady ? rules.trailingSilence.map { rules.tail(within: $0) } : nil
        let windowEnd = min(end, gridUp(open.lastSpeech + 1 + (tail ?? rules.tail)))
        return [close(open, at: windowEnd, coverageEnd: end, endpoint: .endOfInput)]
    }

    // MARK: Idle

    private mutating func keep(_ level: Float) {
        recentLevels.append(level)
        let bound = rules.preRoll + rules.onset + rules.encoderStride
        if recentLevels.count > bound { recentLevels.removeFirst(recentLevels.count - bound) }
    }

    private mutating func open(firstSpeech: Int, lastSpeech: Int) -> [Action] {
        let start = gridDown(max(firstSpeech - rules.preRoll, coverageStart))
        var open = Open(windowStart: start, lastSpeech: lastSpeech, probeBase: start)
        open.levels = Array(recentLevels.suffix(frameCount - start))
        recentLevels = []
        state = .speech(open)
        return [.opened(windowStart: start)]
    }

    // MARK: Speech

    private mutating func advance(_ open: inout Open, frame: Int, isSpeech: Bool) -> [Action] {
        var actions: [Action] = []
        if isSpeech {
            open.lastSpeech = frame
            if open.isReady { actions.append(.speechResumed) }
            open.isReady = false
        }
        let pause = frame - open.lastSpeech
        let length = frameCount - open.windowStart
        if let trailing = rules.trailingSilence {
            let end = gridUp(open.lastSpeech + 1 + rules.tail(within: trailing))
            if pause >= trailing { return actions + [close(open, at: end, endpoint: .silence)] }
            if !isSpeech, !open.isReady, frameCount >= end {
                open.isReady = true
                actions.append(.speculate(window: open.windowStart..<end))
            }
        }
        if length >= rules.softLimit, pause >= rules.shortPause, open.pausePoint == nil {
            open.pausePoint = gridDown(frame - pause / 2)
        }
        // In noise a short pause may lie within a word: both windows read beyond it, as beyond a cut.
        if let point = open.pausePoint, frameCount >= point + rules.overlap {
            guard open.lastSpeech < point else { return actions + [cut(open, at: point)] }
            // What is being decoded ahead already stays as it is.
            let silence = open.isReady ? rules.trailingSilence ?? pause : pause
            let end = gridUp(open.lastSpeech + 1 + rules.tail(within: silence))
            return actions + [close(open, at: end, endpoint: .maximumLength)]
        }
        if length >= rules.longestWindow { return actions + [cut(open, at: quietestPoint(of: open))] }
        if let probing = rules.probing {
            if pause >= probing.shortSilence { open.probeBase = frame }
            if frame - open.probeBase >= probing.firstProbeDelay {
                open.probeBase += probing.stride
                let start = max(open.windowStart, gridDown(frameCount - probing.window))
                actions.append(.probe(window: start..<frameCount))
            }
        }
        state = .speech(open)
        return actions
    }

    /// Takes the answer to a probe: the frame of the last token in its window, `nil` without any.
    ///
    /// A run of blanks behind a token ends the utterance there. Without a token, what the probe has not read is an
    /// utterance of its own; where it has read everything, it was noise, and the window begins anew behind it. A word
    /// at the edge of the probe may have no token yet, so the last `overlap` frames stay in the next window.
    package mutating func answer(_ window: Range<Int>, lastToken: Int?) -> [Action] {
        guard case .speech(var open) = state, let probing = rules.probing else { return [] }
        let unjudged = gridDown(frameCount - rules.overlap)
        // A token before the cut that began this utterance does not belong to it.
        if let lastToken, lastToken >= coverageStart {
            guard frameCount - lastToken >= probing.blankRun else { return [] }
            let end = min(frameCount, gridUp(lastToken + 1 + rules.tail(within: probing.blankRun)))
            return [close(open, at: end, endpoint: .blankRun)] + reopen(open, at: max(end, unjudged))
        }
        if window.lowerBound > open.windowStart {
            // A word may reach into the window of the probe.
            let end = min(frameCount, gridUp(window.lowerBound + rules.overlap))
            return [close(open, at: end, endpoint: .blankRun)] + reopen(open, at: max(end, unjudged))
        }
        open.moveStart(to: max(open.windowStart, unjudged))
        state = .speech(open)
        return []
    }

    /// Goes on with the speech at the edge of a probe, if there is any, in a new utterance.
    private mutating func reopen(_ open: Open, at start: Int) -> [Action] {
        guard open.lastSpeech >= start else { return [] }
        var next = Open(windowStart: open.windowStart, lastSpeech: open.lastSpeech, probeBase: start)
        next.levels = open.levels
        next.moveStart(to: start)
        recentLevels = []
        state = .speech(next)
        return [.opened(windowStart: start)]
    }

    private mutating func close(
        _ open: Open, at windowEnd: Int, coverageEnd: Int? = nil, endpoint: EndpointReason
    ) -> Action {
        let end = coverageEnd ?? windowEnd
        let span = UtteranceSpan(
            coverage: coverageStart..<end, window: open.windowStart..<windowEnd, endpoint: endpoint,
            continues: open.continues)
        coverageStart = end
        // The next window may begin on the grid before `end`.
        recentLevels = Array(open.levels.suffix(max(0, frameCount - gridDown(end))))
        state = .idle(run: 0)
        return .closed(span)
    }

    /// Where speech without a pause is cut.
    private func quietestPoint(of open: Open) -> Int {
        let last = frameCount - rules.overlap
        return gridDown(QuietPoint.quietest(open.levels, in: last - rules.cutSearch..<last, from: open.windowStart))
    }

    /// Ends the utterance at `point`, and goes on in the next one. Both windows read some audio beyond the cut.
    private mutating func cut(_ open: Open, at point: Int) -> Action {
        let span = UtteranceSpan(
            coverage: coverageStart..<point, window: open.windowStart..<frameCount, endpoint: .maximumLength,
            continues: open.continues)
        let start = gridDown(point - rules.overlap)
        var next = Open(
            windowStart: start, lastSpeech: open.lastSpeech, continues: true, probeBase: open.probeBase)
        next.levels = Array(open.levels.suffix(frameCount - next.windowStart))
        coverageStart = point
        state = .speech(next)
        return .closed(span)
    }

    private func gridDown(_ frame: Int) -> Int { frame / rules.encoderStride * rules.encoderStride }
    private func gridUp(_ frame: Int) -> Int { gridDown(frame + rules.encoderStride - 1) }
}
