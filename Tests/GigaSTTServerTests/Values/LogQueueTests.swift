import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct LogQueueTests {
    private final class Output: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func write(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func linesAreWrittenInOrderBeforeTheEnd() {
        let output = Output()
        let queue = LogQueue(dropped: { "\($0) dropped" }, write: output.write)
        for number in 0..<500 { queue.append("\(number)") }
        queue.finish(within: .seconds(60))
        #expect(output.all == (0..<500).map { "\($0)" })
    }

    @Test func readerThatStopsReadingBlocksNoWriterAndIsToldWhatIsMissing() async {
        let (output, gate) = (Output(), Gate())
        let queue = LogQueue(limit: 10, dropped: { "\($0) dropped" }) { line in
            gate.pass()
            output.write(line)
        }
        queue.append("first")
        await gate.entered.wait()
        for number in 0..<25 { queue.append("\(number)") }
        #expect(output.all == [])
        // Not before the reader reads again, and not for ever.
        queue.finish(within: .milliseconds(1))
        gate.open()
        queue.finish(within: .seconds(60))
        #expect(output.all == ["first"] + (0..<10).map { "\($0)" } + ["15 dropped"])
    }
}
