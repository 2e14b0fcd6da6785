import ONNXFile

/// The masks of a batch: whatever reads other frames than its own must find beyond the end of a window what it finds
/// there when the window is encoded alone.
///
/// Both convolutions of the subsampling and the depthwise ones find zeros, attention finds no key. All other operators work
/// on each frame by itself, so what they make of the padding is read by nothing. Values are chosen, not multiplied with
/// zero: padding that is not a number would stay so.
extension FastEncoder {
    /// `x` with zeros in the frames behind the end of each window; of one window alone it is as it is.
    mutating func clear(_ x: String, behind lengths: String, name: String) -> String {
        guard isBatch else { return x }
        return clear(x, except: keep(x, lengths: lengths, name: name), name: name)
    }

    /// `x` where `kept`, else zero.
    mutating func clear(_ x: String, except kept: String, name: String) -> String {
        guard isBatch else { return x }
        return graph.add("Where", [kept, x, graph.zero()], name: "\(name)_cleared")
    }

    /// Which frames of `x`, `[window, frame, channel]`, are before the ends of the windows: `[window, frame, 1]`.
    mutating func keep(_ x: String, lengths: String, name: String) -> String {
        let count = graph.add("Shape", [x], name: "\(name)_mask_count", [("start", .integer(1)), ("end", .integer(2))])
        let number = graph.add("Squeeze", [count], name: "\(name)_mask_number")
        let frames = graph.add("Range", [graph.integer(0), number, graph.integer(1)], name: "\(name)_mask_frames")
        let ends = graph.add("Unsqueeze", [lengths, graph.integers(1)], name: "\(name)_mask_ends")
        let before = graph.add("Less", [frames, ends], name: "\(name)_mask_before")
        return graph.add("Unsqueeze", [before, graph.integers(2)], name: "\(name)_kept")
    }

    typealias Ports = (inputs: [ONNXValueInfo], outputs: [ONNXValueInfo])

    /// The ports of the source for any number of windows; an export for one may fix it.
    var batchPorts: Ports {
        let graph = source.graph
        let channels = weights.projection?.outputCount ?? weights.channelCount
        let axes: [[ONNXValueInfo.Axis]] = [
            [.open("windows"), .fixed(weights.subsampling[0].inputCount), .open("features")], [.open("windows")],
            [.open("windows"), .fixed(channels), .open("frames")], [.open("windows")],
        ]
        let ports = zip(graph.inputPorts + graph.outputPorts, axes).map { port, axes in
            ONNXValueInfo(port.name, elementType: port.elementType, axes: axes)
        }
        return (Array(ports.prefix(2)), Array(ports.dropFirst(2)))
    }
}
