import GigaSTT
import NIOCore
import Synchronization

/// The conversations of a live session: one for each channel of its audio, with a stream of the engine of its own.
///
/// The first is there from the beginning, the others begin with the audio. The tasks that may call each method, and
/// back-pressure, are those of `LiveConversation`.
final class LiveChannels: Sendable {
    /// Channels of a session, as a call has them.
    static let limit = 2

    /// Where the events of all channels go. A channel is numbered from 0; what is about the session has the channel 0.
    typealias Emit = @Sendable (ConversationEvent, _ channel: Int) async -> LiveConversation.Delivery

    private struct State {
        var conversations: [LiveConversation] = []
        var splitter: ChannelSplitter?
        var hasBegun = false
        /// The end that conversations which begin later have.
        var end: EndReason?
    }

    private let state = Mutex(State())
    private let (begun, begunSource) = AsyncStream.makeStream(of: LiveConversation.self)
    private let output: ChannelOutput
    private let makeConversation: @Sendable (_ channel: Int) -> LiveConversation

    init(
        emit: @escaping Emit, stopReading: @escaping @Sendable () -> Void, waitLimit: Duration, metrics: ServerMetrics,
        answersAudio: Bool = false, open: @escaping LiveConversation.Open
    ) {
        let output = ChannelOutput(emit)
        self.output = output
        makeConversation = { channel in
            LiveConversation(
                output: .init(emit: { await output.emit($0, of: channel) }, stopReading: stopReading),
                waitLimit: waitLimit, metrics: metrics, answersAudio: answersAudio, open: open)
        }
        add()
    }

    /// Why the session ends; `nil` while it goes on. The failure of one channel is that of the session.
    var endReason: EndReason? {
        let reasons = conversations.compactMap(\.endReason)
        let failure = reasons.first { if case .failed = $0 { true } else { false } }
        return failure ?? reasons.first
    }

    /// Seconds of audio that the engine took, of the longest channel.
    var audioSeconds: Double { conversations.map(\.audioSeconds).max() ?? 0 }
    /// Finals with words that were sent.
    var utteranceCount: Int { conversations.reduce(0) { $0 + $1.latencies.utteranceCount } }
    /// Words in them.
    var wordCount: Int { conversations.reduce(0) { $0 + $1.latencies.wordCount } }

    private var conversations: [LiveConversation] { state.withLock { $0.conversations } }

    /// Adds a channel; returns its conversation and the end that it has already.
    @discardableResult
    private func add() -> (LiveConversation, EndReason?) {
        let added = state.withLock { state in
            let conversation = makeConversation(state.conversations.count)
            state.conversations.append(conversation)
            return (conversation, state.end)
        }
        begunSource.yield(added.0)
        return added
    }
}

// MARK: - Input

extension LiveChannels {
    /// Takes an input; suspends while the engine is behind.
    func take(_ input: ConversationInput) async {
        switch input {
        case .begin(let format, _, _):
            await begin(format.byteCount, adding: addedCount(by: input))
            for conversation in conversations { await conversation.take(input) }
        case .audio(let bytes):
            let (conversations, parts) = state.withLock { state in
                (state.conversations, state.splitter?.split(bytes) ?? [bytes])
            }
            for (conversation, part) in zip(conversations, parts) { await conversation.take(.audio(part)) }
        case .flush(let number, let channel?):
            if conversations.indices.contains(channel) {
                await conversations[channel].take(input)
            } else {
                // Before the audio there is nothing to decide.
                _ = await output.emit(.flushed(number), of: channel)
            }
        case .flush: for conversation in conversations { await conversation.take(input) }
        case .end(let reason): await end(reason)
        }
    }

    /// How many channels the audio of an input adds; later formats have the channels of the first.
    func addedCount(by input: ConversationInput) -> Int {
        guard case .begin(_, _, let channels) = input, state.withLock({ !$0.hasBegun }) else { return 0 }
        return max(0, min(channels, Self.limit) - conversations.count)
    }

    private func begin(_ sampleByteCount: Int, adding channelCount: Int) async {
        state.withLock { $0.hasBegun = true }
        for _ in 0..<channelCount {
            let (conversation, end) = add()
            if let end { await conversation.end(end) }
        }
        begunSource.finish()
        let count = conversations.count
        output.setCount(count)
        guard count > 1 else { return }
        state.withLock { $0.splitter = ChannelSplitter(sampleByteCount: sampleByteCount, channelCount: count) }
    }

    /// Everything that arrived has been taken: returns when the engine knows.
    func inputEnded() async {
        begunSource.finish()
        // What the other channels received is decided, too.
        if case .failed? = endReason { await endQuietly() }
        for conversation in conversations { await conversation.inputEnded() }
    }

    /// Ends the session.
    func end(_ reason: EndReason) async {
        let conversations = state.withLock { state in
            state.end = state.end ?? reason
            return state.conversations
        }
        for conversation in conversations { await conversation.end(reason) }
    }

    private func endQuietly() async {
        output.endQuietly()
        await end(.stop)
    }

    /// Stops all work at once: there is no connection any more.
    func abort() {
        let conversations = state.withLock { state in
            state.end = .disconnected
            return state.conversations
        }
        begunSource.finish()
        for conversation in conversations { conversation.abort() }
    }

    /// Sends the events of all channels, until none follows.
    func sendEvents() async {
        await withDiscardingTaskGroup { group in
            for await conversation in begun { group.addTask { await conversation.sendEvents() } }
        }
    }
}

/// Emits the events of all channels; of those about the session, which each channel has, only one.
private final class ChannelOutput: Sendable {
    private struct State {
        var count = 1
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let emit: LiveChannels.Emit

    init(_ emit: @escaping LiveChannels.Emit) { self.emit = emit }

    func setCount(_ count: Int) { state.withLock { $0.count = count } }
    func endQuietly() { state.withLock { $0.hasEnded = true } }

    func emit(_ event: ConversationEvent, of channel: Int) async -> LiveConversation.Delivery {
        switch event {
        case .audioTaken:
            // The channels take their parts one after the other.
            return state.withLock({ channel == $0.count - 1 }) ? await emit(event, 0) : .unsent
        case .ending:
            let isFirst = state.withLock { state in
                defer { state.hasEnded = true }
                return !state.hasEnded
            }
            return isFirst ? await emit(event, 0) : .unsent
        default: return await emit(event, channel)
        }
    }
}
