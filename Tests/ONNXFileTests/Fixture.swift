import Foundation

/// A small model that the `onnx` package for Python wrote: four nodes, four weights, every kind of attribute.
enum Fixture {
    static let model =
        Data(
            base64Encoded: """
                CAg6nAMKMRIBaxoCYzAiCENvbnN0YW50Kh4KBXZhbHVlKhIIAhABIggAAAA/AADAv0ICa2ugAQQKEQoBdxICdzIiCElkZW50aXR5
                CpwBCgF4CgAKAncyEgF5EgAaAm4xIgdTcGVjaWFsKgsKAWYVAAAgQKABASoVCgZmbG9hdHM9AACAPj0AAAA/oAEGKhEKAWkY+f//
                ////////AaABAioYCgRpbnRzQAFA/v//////////AUADoAEHKgwKAXMiBGdlbHWgAQMqEwoHc3RyaW5nc0oBYUoCYmOgAQg6C2Nv
                bS5leGFtcGxlCg4KAXkKAWsSAXoiA0FkZBIBZyojCAIIAxABQgF3ShgAAIA/AAAAQAAAQEAAAIBAAACgQAAAwEAqGggDEAc6DQH/
                //////////8BrAJCBXNoYXBlKgsIAhADQgFxSgKAfyoUEAdCBnNjYWxhckoIBwAAAAAAAABaFAoBeBIPCg0IARIJCgIIAQoDEgF0
                WhMKAXcSDgoMCAESCAoCCAIKAggDYhMKAXoSDgoMCAESCAoCCAEKAggCQgQKABARQg8KC2NvbS5leGFtcGxlEAE=
                """, options: .ignoreUnknownCharacters) ?? Data()
}

/// Protobuf by hand: key and content of a field.
enum Wire {
    static func number(_ field: UInt8, _ value: [UInt8]) -> [UInt8] { [field << 3] + value }
    static func bytes(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
        // Contents of tests are shorter than 128 bytes, or their length has two bytes.
        let length =
            content.count < 128
            ? [UInt8(content.count)] : [UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)]
        return [field << 3 | 2] + length + content
    }
    static func text(_ field: UInt8, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }

    /// A model of one graph.
    static func model(_ graph: [UInt8]) -> Data { Data(bytes(7, graph)) }
    /// A model of one weight.
    static func model(weight: [UInt8]) -> Data { model(bytes(5, weight)) }
}
