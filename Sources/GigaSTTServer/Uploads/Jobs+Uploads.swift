import Foundation
import NIOPosix
import STTJobs

extension Jobs {
    /// Stores the job of an upload whose bytes have all arrived.
    ///
    /// Throws `JobStoreError`.
    func finish(_ upload: PendingUpload) async throws {
        do {
            _ = try await audio.keep(upload.id)
        } catch let error as CocoaError {
            throw JobStoreError(error.isOutOfSpace ? .full : .unusable, "The recording cannot be kept.")
        }
        let job = try await uploads.finishUpload(upload.id, at: UnixTime.now)
        audio.release(folder.audio(upload.id))
        if job != nil { wakeUp() }
    }

    /// Stores the jobs of uploads that are whole and that no request writes to: their requests were cut off, or an earlier
    /// process.
    func finishUploads() async throws {
        for upload in try await uploads.unfinishedUploads() where lockUpload(upload.id) {
            defer { unlockUpload(upload.id) }
            let length = try await NIOThreadPool.singleton.runIfActive { [folder] in
                UploadFile(folder, upload.id).settledLength
            }
            if length == upload.length { try await finish(upload) }
        }
    }

    /// Removes uploads whose time is over.
    func removeExpiredUploads() async throws {
        let removed = try await uploads.removeExpiredUploads(at: UnixTime.now).filter { !$0.isFinished }
        if removed.isEmpty { return }
        try await NIOThreadPool.singleton.runIfActive { [folder] in
            for upload in removed { folder.discard(upload.id) }
        }
    }
}
