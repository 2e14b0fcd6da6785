import GigaSTT
import Synchronization

/// How many recordings are received and recognised at the same time; more are told to come again.
final class UploadSlots: Sendable {
    /// A place that is given back when nobody holds it any more.
    final class Slot: Sendable {
        private let slots: UploadSlots
        fileprivate init(_ slots: UploadSlots) { self.slots = slots }
        deinit { slots.count.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let count = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// Recordings under way.
    var takenCount: Int { count.withLock { $0 } }

    /// Throws `timeout` when every place is taken.
    func take() throws(HTTPFailure) -> Slot {
        let isAdmitted = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw HTTPFailure(.busy(retryAfter: .seconds(1))) }
        return Slot(self)
    }
}
