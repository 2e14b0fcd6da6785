import COnnxRuntime

/// An immutable tensor: a C value and, for tensors made in Swift, the memory behind it.
package final class Tensor {
    let value: OpaquePointer
    private let library: OrtLibrary
    private let memory: UnsafeMutableRawPointer?
    private let owner: AnyObject?  // of the memory: the tensor of a view, the session of a tensor in its memory
    private let elements: UnsafeMutableRawPointer
    /// Sizes of the axes, outermost first.
    package let shape: [Int]
    /// The type of the elements.
    package let elementType: TensorElementType
    /// Number of elements.
    package var count: Int { shape.reduce(1, *) }

    /// Allocates a tensor and lets `fill` write its elements, in row-major order. They are 0 before; with `isZeroed` false
    /// they have no value, and `fill` must write all of them.
    package init<Element: TensorElement>(
        shape: [Int], of _: Element.Type = Element.self, in environment: OrtEnvironment,
        isZeroed: Bool = true, fill: (UnsafeMutableBufferPointer<Element>) -> Void
    ) throws(OrtError) {
        let count = shape.reduce(1, *)
        let byteCount = count * MemoryLayout<Element>.stride
        // An empty tensor still needs an address; 64-byte alignment suits the library's vector code.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
        if isZeroed { memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
        fill(UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: count), count: count))
        do throws(OrtError) {
            value = try Self.wrap(memory, byteCount, shape, Element.tensorElementType, environment)
        } catch {
            memory.deallocate()
            throw error
        }
        self.library = environment.library
        self.memory = memory
        self.owner = nil
        self.elements = memory
        self.shape = shape
        self.elementType = Element.tensorElementType
    }

    /// A view of part of another tensor, without a copy: `shape` elements from `offset` on.
    package init(
        viewing base: Tensor, from offset: Int = 0, shape: [Int], in environment: OrtEnvironment
    ) throws(OrtError) {
        let count = shape.reduce(1, *)
        guard base.elementType == .float32, offset >= 0, offset + count <= base.count else {
            throw OrtError(.wrongType, "A model's output has an unexpected size.")
        }
        let stride = MemoryLayout<Float>.stride
        elements = base.elements + offset * stride
        value = try Self.wrap(elements, count * stride, shape, .float32, environment)
        library = environment.library
        memory = nil
        owner = base
        self.shape = shape
        elementType = .float32
    }

    /// Adopts a new value in the memory of `owner`, and fills it as `init(shape:of:in:isZeroed:fill:)` does.
    convenience init<Element: TensorElement>(
        adopting value: OpaquePointer, library: OrtLibrary, owner: AnyObject, isZeroed: Bool,
        fill: (UnsafeMutableBufferPointer<Element>) -> Void
    ) throws(OrtError) {
        try self.init(adopting: value, library: library, owner: owner)
        let byteCount = count * MemoryLayout<Element>.stride
        if isZeroed { elements.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
        fill(UnsafeMutableBufferPointer(start: elements.bindMemory(to: Element.self, capacity: count), count: count))
    }

    /// Adopts a value made by the library: an output of a run.
    init(adopting value: OpaquePointer, library: OrtLibrary, owner: AnyObject? = nil) throws(OrtError) {
        let api = library.api
        do throws(OrtError) {
            let info = try library.make { api.pointee.GetTensorTypeAndShape(value, &$0) }
            defer { api.pointee.ReleaseTensorTypeAndShapeInfo(info) }
            (elementType, shape) = try library.typeAndShape(of: info)
            var data: UnsafeMutableRawPointer?
            try library.check(api.pointee.GetTensorMutableData(value, &data))
            guard let data else { throw OrtError(.runFailed, "A model's output is empty.") }
            elements = data
        } catch {
            api.pointee.ReleaseValue(value)
            throw error
        }
        self.value = value
        self.library = library
        memory = nil
        self.owner = owner
    }

    deinit {
        library.api.pointee.ReleaseValue(value)
        memory?.deallocate()
    }

    /// Borrows the elements in row-major order, without a copy; the pointer must not escape.
    ///
    /// Throws `wrongType` when the tensor holds another type.
    package func withElements<Element: TensorElement, Result>(
        of _: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) -> Result
    ) throws(OrtError) -> Result {
        guard Element.tensorElementType == elementType else {
            throw OrtError(.wrongType, "A model's output has an unexpected type.")
        }
        return withExtendedLifetime(self) {
            body(UnsafeBufferPointer(start: elements.assumingMemoryBound(to: Element.self), count: count))
        }
    }

    private static func wrap(
        _ memory: UnsafeMutableRawPointer, _ byteCount: Int, _ shape: [Int], _ type: TensorElementType,
        _ environment: OrtEnvironment
    ) throws(OrtError) -> OpaquePointer {
        let axes = shape.map(Int64.init)
        let library = environment.library
        return try library.make {
            library.api.pointee.CreateTensorWithDataAsOrtValue(
                environment.cpuMemory, memory, byteCount, axes, axes.count, type.rawValue, &$0)
        }
    }
}

// Owners are tensors and sessions, which are sendable.
// Proof: nothing is written after `init`, and the C library only reads the inputs of a run.
extension Tensor: @unchecked Sendable {}
