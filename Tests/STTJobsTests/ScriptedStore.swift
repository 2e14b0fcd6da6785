import NIOCore
import NIOPosix
import Synchronization

@testable import STTJobs

/// A server that answers each connection as a test wants: by its answers in order, then by the last one again.
final class ScriptedStore: Sendable {
    enum Answer: Sendable {
        /// The connection is closed when the head of the request has arrived.
        case close
        case status(Int, String = "")
        case raw(String)
    }

    private let answers: [Answer]
    private let counter = Mutex(0)
    private let port = Mutex(0)

    private init(_ answers: [Answer]) { self.answers = answers }

    /// Requests so far.
    var count: Int { counter.withLock { $0 } }

    func configuration() throws -> S3Configuration {
        try S3Configuration(
            address: "s3://bucket/p", endpoint: "http://127.0.0.1:\(port.withLock { $0 })", region: "r",
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "geheim", sessionToken: nil)
    }

    /// Serves while `body` runs.
    static func use<Value>(_ answers: [Answer], _ body: (ScriptedStore) async throws -> Value) async throws -> Value {
        let store = ScriptedStore(answers)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(store)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        store.port.withLock { $0 = listener.localAddress?.port ?? 0 }
        do {
            let value = try await body(store)
            try await listener.close()
            return value
        } catch {
            try await listener.close()
            throw error
        }
    }

    private func next() -> Answer {
        counter.withLock { count in
            defer { count += 1 }
            return answers[min(count, answers.count - 1)]
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let store: ScriptedStore
        private var head = ByteBuffer()
        /// Bytes of the body that are still to come.
        private var left: Int?
        private var answer = Answer.close

        init(_ store: ScriptedStore) { self.store = store }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var block = unwrapInboundIn(data)
            if left == nil {
                head.writeBuffer(&block)
                let text = String(buffer: head)
                guard let end = text.firstRange(of: "\r\n\r\n") else { return }
                answer = store.next()
                let length = text[..<end.lowerBound].firstMatch(of: /(?i)content-length: ([0-9]+)/)?.1
                left = (length.flatMap { Int($0) } ?? 0) - text[end.upperBound...].utf8.count
                if case .close = answer { return context.close(promise: nil) }
            } else {
                left? -= block.readableBytes
            }
            if left ?? 0 > 0 { return }
            switch answer {
            case .close: break
            case .status(let status, let body):
                write("HTTP/1.1 \(status) Any\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", context)
            case .raw(let text): write(text, context)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        }
    }
}
