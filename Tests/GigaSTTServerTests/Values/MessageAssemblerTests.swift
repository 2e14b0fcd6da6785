import NIOCore
import NIOWebSocket
import Testing

@testable import GigaSTTServer

@Suite struct MessageAssemblerTests {
    private func frame(
        _ opcode: WebSocketOpcode, _ content: [UInt8] = [], fin: Bool = true, isMasked: Bool = true, rsv: Bool = false
    ) -> WebSocketFrame {
        var data = ByteBuffer(bytes: content)
        let key: WebSocketMaskingKey? = isMasked ? [1, 2, 3, 4] : nil
        if let key { data.webSocketMask(key) }
        return WebSocketFrame(fin: fin, rsv1: rsv, opcode: opcode, maskKey: key, data: data)
    }

    private func result(_ frames: [WebSocketFrame], limit: Int = 10) -> String {
        var assembler = MessageAssembler(byteLimit: limit)
        var last = "nothing"
        for frame in frames {
            do throws(WebSocketClose) {
                switch try assembler.append(frame) {
                case .text(let text): last = "text \(text)"
                case .binary(let content): last = "binary \(content.readableBytes)"
                case .fragment: last = "fragment"
                case .ping(let content): last = "ping \(content.readableBytes)"
                case .pong: last = "pong"
                case .close(let code): last = "close \(code.map(String.init) ?? "-")"
                }
            } catch {
                return "violation \(error.code ?? 0)"
            }
        }
        return last
    }

    @Test func messagesComeWhole() {
        #expect(result([frame(.text, Array("да".utf8))]) == "text да")
        #expect(result([frame(.binary, [])]) == "binary 0")
        #expect(result([frame(.text, [0xD0], fin: false)]) == "fragment")
        // A letter may be cut by a fragment.
        #expect(result([frame(.text, [0xD0], fin: false), frame(.continuation, [0xB4])]) == "text д")
        // Control frames may come between.
        #expect(
            result([frame(.binary, [1], fin: false), frame(.ping, [9]), frame(.continuation, [2, 3])]) == "binary 3")
        #expect(result([frame(.ping, Array(repeating: 0, count: 125))]) == "ping 125")
        #expect(result([frame(.pong)]) == "pong")
    }

    @Test func limitIsForTheWholeMessage() {
        #expect(result([frame(.binary, Array(repeating: 0, count: 10))]) == "binary 10")
        #expect(result([frame(.binary, Array(repeating: 0, count: 11))]) == "violation 1009")
        let half = Array(repeating: UInt8(0), count: 6)
        #expect(result([frame(.binary, half, fin: false), frame(.continuation, half)]) == "violation 1009")
    }

    @Test func fragmentsHaveALimit() {
        let flood = [frame(.binary, fin: false)] + Array(repeating: frame(.continuation, fin: false), count: 1_023)
        #expect(result(flood) == "fragment")
        #expect(result(flood + [frame(.continuation)]) == "violation 1008")
    }

    @Test func rulesAreChecked() {
        #expect(result([frame(.binary, isMasked: false)]) == "violation 1002")
        #expect(result([frame(.ping, isMasked: false)]) == "violation 1002")
        #expect(result([frame(.binary, rsv: true)]) == "violation 1002")
        #expect(result([frame(.continuation)]) == "violation 1002")
        #expect(result([frame(.text, fin: false), frame(.text)]) == "violation 1002")
        #expect(result([frame(.ping, fin: false)]) == "violation 1002")
        #expect(result([frame(.text, [0xFF, 0xFE])]) == "violation 1007")
        #expect(result([frame(.text, [0xD0], fin: false), frame(.continuation, [0x20])]) == "violation 1007")
    }

    @Test(arguments: [
        ([UInt8](), "close -"), ([3, 232], "close 1000"), ([3, 233, 0xD0, 0xB4], "close 1001"),
        ([0x0F, 0xA0], "close 4000"), ([3], "violation 1002"), ([3, 236], "violation 1002"),
        ([3, 237], "violation 1002"), ([3, 238], "violation 1002"), ([0, 5], "violation 1002"),
        ([3, 247], "violation 1002"), ([0x13, 0x88], "violation 1002"), ([3, 232, 0xFF], "violation 1002"),
    ])
    func closesAreChecked(content: [UInt8], expected: String) {
        #expect(result([frame(.connectionClose, content)], limit: 200) == expected)
    }

    @Test func closeFramesFitTheirFrame() {
        #expect(WebSocketClose(.normal, "").payload == [3, 232])
        #expect(WebSocketClose(echoing: nil).payload == [])
        #expect(WebSocketClose(.internalError, String(repeating: "x", count: 500)).payload.count == 125)
    }
}
