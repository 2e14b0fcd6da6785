import GigaSTT
import Synchronization

/// What the handles of C programs stand for.
///
/// A handle is a number that is never used twice, and nothing is read through it: one that was freed, or is of another
/// kind, is not found. A call that has found its object keeps it, whatever is freed meanwhile.
final class HandleTable<Value: AnyObject & Sendable>: Sendable {
    private let values = Mutex<[UInt: Value]>([:])
    private let name: String

    init(_ name: String) { self.name = name }

    func insert(_ value: Value) throws -> OpaquePointer {
        let number = handleCount.wrappingAdd(16, ordering: .relaxed).newValue
        guard let handle = OpaquePointer(bitPattern: number) else { throw CallFailure.invalid("There are no handles.") }
        values.withLock { $0[number] = value }
        return handle
    }

    func value(_ handle: OpaquePointer?) throws(CallFailure) -> Value {
        guard let handle else { throw .invalid("\(name) is NULL. Its creation failed, or was forgotten.") }
        let number = UInt(bitPattern: handle)
        guard let value = values.withLock({ $0[number] }) else {
            throw .invalid("\(name) is no handle of this kind, or was freed.")
        }
        return value
    }

    func remove(_ handle: OpaquePointer?) -> Value? {
        let number = UInt(bitPattern: handle)
        return values.withLock { $0.removeValue(forKey: number) }
    }

    var all: [Value] { values.withLock { Array($0.values) } }
}

private let handleCount = Atomic<UInt>(0)

/// The handles of the process.
enum Handles {
    static let engines = HandleTable<Recognizer>("engine")
    static let streams = HandleTable<StreamSession>("stream")
}
