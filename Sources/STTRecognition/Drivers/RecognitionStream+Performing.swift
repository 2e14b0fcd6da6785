import STTInference
import STTValues
import Synchronization

extension RecognitionStream {
    /// Suspends until `condition` holds or the stream has ended. Cancelling the caller cancels the stream.
    func wait(at end: End, until condition: @Sendable (State) -> Bool) async throws {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            while !state.withLock({ condition($0) || $0.isEnded }) {
                await withCheckedContinuation { continuation in
                    let ready: [Continuation] = state.withLock { state in
                        if condition(state) || state.isEnded { return [continuation] }
                        state.waiting[end, default: []].append(continuation)
                        // That all events are read is what they wait for.
                        return end == .reading ? state.waiting.removeValue(forKey: .settling) ?? [] : []
                    }
                    for continuation in ready { continuation.resume() }
                }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Lets the machine decide under the lock, then performs what it decided.
    func act(_ decide: (inout State) throws -> [UtteranceMachine.Action]) throws {
        var waiting: [Continuation] = []
        let work = try state.withLock { state in
            if let failure = state.failure { throw failure }
            let actions = try decide(&state)
            defer { waiting = wake(&state) }
            let now = ContinuousClock.now
            state.eventTimes.note(
                onsetCount: state.machine.onsetCount, endpointCount: state.machine.endpointCount, at: now)
            return record(actions, &state, now)
        }
        settings.speakers?.proceed()
        for continuation in waiting { continuation.resume() }
        for submission in work.cancelled { submission.cancel() }
        for request in work.requests { submit(request) }
        for (id, segment) in work.unfinished { submit(segment, id) }
        for (id, partial, before) in work.partials { finish(partial, after: before, id) }
    }

    /// What the machine asked for and is performed without the lock.
    private struct Work {
        var requests: [DecodeRequest] = []
        var unfinished: [(DecodeID, Segment)] = []
        var partials: [(DecodeID, Partial, Partial.Written?)] = []
        var cancelled: [InferenceQueue.Submission] = []
    }

    private func record(
        _ actions: [UtteranceMachine.Action], _ state: inout State, _ now: ContinuousClock.Instant
    ) -> Work {
        var work = Work()
        for action in actions {
            switch action {
            case .emit(let event): emit(event, &state, now)
            case .cancel(let id):
                work.requests.removeAll { $0.id == id }
                if let submission = state.submissions.removeValue(forKey: id) ?? nil {
                    work.cancelled.append(submission)
                }
            case .decode(let request):
                state.submissions[request.id] = .some(nil)
                work.requests.append(request)
            case .finish(let id, let segment):
                state.submissions[id] = .some(nil)
                work.unfinished.append((id, segment))
            case .finishPartial(let id, let partial, let before): work.partials.append((id, partial, before))
            }
        }
        return work
    }

    private func emit(_ event: LiveEvent, _ state: inout State, _ now: ContinuousClock.Instant) {
        if case .final(let segment) = event { state.tap?.take(segment) }
        // A partial that is replaced before it is read is not needed.
        if case .partial = event, case .partial = state.events.last?.event { state.events.removeLast() }
        state.events.append(TimedLiveEvent(event, since: state.eventTimes.since(event, now: now)))
        if case .final(let segment) = event, segment.endpoint == .endOfInput { state.isOver = true }
    }

    private func wake(_ state: inout State) -> [Continuation] {
        // Each looks again at what it waits for. A task that is woken for nothing costs more than a look, so the reader of a
        // stream that is silent sleeps on.
        var ends: [End] = []
        let (hasEvents, hasRoom) = (state.isEnded || !state.events.isEmpty, state.isEnded || hasRoom(state))
        if state.isEnded || state.isSettled { ends.append(.settling) }
        if hasEvents { ends.append(.reading) }
        if hasRoom { ends.append(.feeding) }
        if hasEvents || hasRoom { ends.append(.feedingAndReading) }
        return ends.flatMap { state.waiting.removeValue(forKey: $0) ?? [] }
    }

    private func submit(_ request: DecodeRequest) {
        let isPartial = request.purpose == .partial
        let lane = isPartial && !settings.awaitsPartials ? .partial : settings.finalLane
        let timeout = isPartial ? nil : settings.finalTimeout
        settings.watchdog?.note(.queued)
        let work = DecodeWork(request: request, decoder: decoder, watchdog: settings.watchdog)
        let submission = queue.submit(
            work, in: lane, client: client, timeout: timeout, isAdmitted: admit(request)
        ) { [weak self] result in
            self?.complete(request, result)
        }
        keep(submission, request.id)
    }

    /// Has the text of a segment written by a worker.
    private func submit(_ segment: Segment, _ id: DecodeID) {
        settings.watchdog?.note(.queued)
        let work = FinishWork(segment: segment, finisher: settings.finisher, watchdog: settings.watchdog)
        let submission = queue.submit(
            work, in: settings.finalLane, client: client, timeout: settings.finalTimeout, isAdmitted: true
        ) { [weak self] result in
            self?.complete(id, result)
        }
        keep(submission, id)
    }

    /// Writes the text of a partial at once: partials come out of decodes, so this is the worker that decoded it. As work of
    /// the queue it would be superseded by the next partial.
    private func finish(_ partial: Partial, after before: Partial.Written?, _ id: DecodeID) {
        do {
            let partial = try settings.finisher.finish(partial, after: before)
            try? act { $0.machine.finished(id, partial) }
        } catch {
            end(with: StreamFailure.translate(error))
        }
    }

    private func keep(_ submission: InferenceQueue.Submission, _ id: DecodeID) {
        // The result may be here already, or the work may have been cancelled.
        let isWanted = state.withLock { state in
            guard state.submissions[id] != nil, state.failure == nil else { return false }
            state.submissions[id] = submission
            return true
        }
        if !isWanted { submission.cancel() }
    }

    /// Whether a request waits in a full lane. The first one does only if the stream was admitted when it was opened; a
    /// partial is skipped instead.
    private func admit(_ request: DecodeRequest) -> Bool {
        guard request.purpose != .partial else { return false }
        return state.withLock { state in
            defer { state.isAdmitted = true }
            return state.isAdmitted
        }
    }

    private func complete(_ id: DecodeID, _ result: Result<Segment, any Error>) {
        guard state.withLock({ $0.submissions.removeValue(forKey: id) != nil }) else { return }
        settings.watchdog?.note(.done)
        switch result {
        case .success(let segment): try? act { $0.machine.finished(id, segment) }
        case .failure(let error): end(with: StreamFailure.translate(error))
        }
    }

    private func complete(_ request: DecodeRequest, _ result: Result<[Reading], any Error>) {
        // Cancelled by the machine or with the stream.
        guard state.withLock({ $0.submissions.removeValue(forKey: request.id) != nil }) else { return }
        settings.watchdog?.note(.done)
        if request.purpose == .partial, case .success = result { settings.onPartialDecode?() }
        switch result {
        case .success(let readings): try? act { $0.machine.decoded(request.id, .read(readings)) }
        case .failure where request.purpose == .partial: try? act { $0.machine.decoded(request.id, .skipped) }
        case .failure(let error): end(with: StreamFailure.translate(error))
        }
    }

    /// Takes labels of words of finals that were emitted, or that there are none any more; `nil` when nothing changed.
    func take(_ event: LiveEvent?, isLast: Bool) {
        let waiting = state.withLock { state in
            guard state.failure == nil else { return [Continuation]() }
            if let event { state.events.append(TimedLiveEvent(event, since: .now)) }
            if isLast { state.awaitsSpeakers = false }
            return wake(&state)
        }
        for continuation in waiting { continuation.resume() }
    }

    func end(with failure: any Error) {
        settings.speakers?.cancel()
        let (waiting, submissions) = state.withLock { state in
            if !state.isEnded { state.failure = failure }
            // Cancelling discards pending events; a failure does not.
            if state.failure is CancellationError { state.events = [] }
            defer { state.submissions = [:] }
            return (wake(&state), state.submissions.values.compactMap { $0 })
        }
        for continuation in waiting { continuation.resume() }
        for submission in submissions { submission.cancel() }
    }
}
