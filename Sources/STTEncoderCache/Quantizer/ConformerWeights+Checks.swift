import ONNXFile

extension ConformerWeights {
    /// Whether any weights are int8 already: then activations are quantised too, and a layout in floats differs.
    var isQuantized: Bool {
        layers.contains { layer in
            let (attention, convolution) = (layer.attention, layer.convolution)
            return [
                layer.first.up, layer.first.down, attention.query, attention.key, attention.value, attention.output,
                convolution.gated, convolution.depthwise, convolution.output, layer.second.up, layer.second.down,
            ].contains { $0.scales != nil }
        } || (subsampling + (projection.map { [$0] } ?? [])).contains { $0.scales != nil }
    }

    /// Whether all sizes fit each other.
    var isConsistent: Bool {
        let channels = channelCount
        return subsampling[0].outputCount == subsampling[1].inputCount && channels > 0
            && layers.allSatisfy { $0.fits(channels) } && projection.map { $0.rowCount == channels } ?? true
    }
}

extension ConformerWeights.Layer {
    fileprivate func fits(_ channels: Int) -> Bool {
        func maps(_ layer: LinearSource, _ inputs: Int, _ outputs: Int) -> Bool {
            outputs > 0 && layer.rowCount == inputs && layer.outputCount == outputs
        }
        let (attention, convolution) = (attention, convolution)
        return [first.norm, attention.norm, convolution.norm, convolution.innerNorm, second.norm, norm].allSatisfy {
            $0.weight.count == channels
        }
            && [attention.query, attention.key, attention.value, attention.output].allSatisfy {
                maps($0, channels, channels)
            }
            && [first, second].allSatisfy {
                maps($0.up, channels, $0.up.outputCount) && maps($0.down, $0.up.outputCount, channels)
            }
            && maps(convolution.gated, channels, 2 * channels) && maps(convolution.output, channels, channels)
            && maps(convolution.depthwise, 5, channels)
            && attention.rotation.isRotation && channels.isMultiple(of: attention.rotation.headSize)
    }
}

extension ConformerWeights.Rotation {
    /// Channels of a head.
    var headSize: Int { isDoubled ? width : 2 * width }
    var positionCount: Int { width == 0 ? 0 : cosine.count / width / (isOneTable ? 2 : 1) }

    /// Cosines and sines, every angle once: `[position, half a head]`.
    func halves() throws(ONNXFileError) -> (cosine: [Float], sine: [Float]) {
        let count = positionCount * width
        return (halves(try cosine.floats().prefix(count)), halves(try sine.floats().suffix(count)))
    }

    /// Whether the first position is not rotated: cosines of 1, sines of 0.
    var isRotation: Bool {
        guard width > 0, positionCount > 1, cosine.shape == sine.shape, let tables = try? halves() else { return false }
        let width = headSize / 2
        return tables.cosine.prefix(width).allSatisfy { $0 == 1 } && tables.sine.prefix(width).allSatisfy { $0 == 0 }
    }

    private var width: Int { cosine.shape.last ?? 0 }
    private var isOneTable: Bool { cosine.name == sine.name && cosine.message == sine.message }

    private var isDoubled: Bool {
        guard width.isMultiple(of: 2), positionCount > 1, let values = try? sine.floats().suffix(width) else {
            return false
        }
        return values.prefix(width / 2).elementsEqual(values.suffix(width / 2))
    }

    private func halves(_ values: ArraySlice<Float>) -> [Float] {
        let rows = Array(values)
        guard isDoubled else { return rows }
        return stride(from: 0, to: rows.count, by: width).flatMap { rows[$0..<$0 + width / 2] }
    }
}
