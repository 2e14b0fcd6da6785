import Foundation
import GigaSTTDownload
import STTValues
import Synchronization

/// A folder, a catalogue of one file, and a server that behaves in one way.
final class Rig {
    let server: ModelServer
    /// Names the requests of this test.
    let name = "case-\(UUID().uuidString)"
    let folder: URL
    var configuration: DownloadConfiguration
    private let events = Record<DownloadEvent>()
    private let pauses = Record<Duration>()
    private var size: ModelFile.Size?

    init(_ behaviour: String, size: ModelFile.Size? = nil) throws {
        server = try ModelServer.shared
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-\(name)")
        configuration = DownloadConfiguration(mirror: try Mirror(server.address(behaviour, case: name)))
        configuration.pause = { [pauses] in
            try Task.checkCancellation()
            pauses.append($0)
        }
        configuration.jitter = { 1 }
        // Only a server that says nothing at all is given up for its silence, however busy the machine.
        configuration.stallTimeout = behaviour == "mute" ? .seconds(1) : .seconds(50)
        self.size = size
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var content: Data { TestFile.content(TestFile.encoder) }
    var final: URL { folder.appendingPathComponent(TestFile.encoder) }
    var partial: URL { folder.appendingPathComponent("\(TestFile.encoder).partial") }
    var installed: Data? { try? Data(contentsOf: final) }

    var file: ModelFile {
        get throws {
            ModelFile(
                path: TestFile.encoder, source: "https://models.invalid/\(TestFile.encoder)",
                sha256: try server.digest(TestFile.encoder), size: size ?? .exactly(Int64(content.count)))
        }
    }

    var catalog: ModelCatalog {
        get throws {
            ModelCatalog(heads: [.rnnt: .init(quantized: try file, float: nil, companions: [])])
        }
    }

    /// Goes over to another behaviour of the server, for the same folder.
    func behave(_ behaviour: String) throws {
        configuration.mirror = try Mirror(server.address(behaviour, case: name))
    }

    /// Downloads. Has the server break off what it holds back, as soon as everything before has arrived; with `stalling`
    /// the downloader has to find out for itself.
    func download(stalling: Bool = false) async throws {
        let (events, server, name, half) = (events, server, name, Int64(content.count / 2))
        try await downloader.ensure(.rnnt) { event in
            events.append(event)
            if !stalling, case .downloading(_, half, _) = event { try? server.drop(case: name) }
        }
    }

    var downloader: ModelDownloader {
        get throws { ModelDownloader(folder: folder, catalog: try catalog, configuration: configuration) }
    }

    var requests: [ModelServer.Request] { get throws { try server.requests(case: name) } }
    var reported: [DownloadEvent] { events.all }
    /// The waits between the tries, none of which took any time.
    var waits: [Duration] { pauses.all }

    /// All that is in the folder but the lock.
    var names: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { $0 != ".download.lock" }.sorted()
    }
}

/// What was reported, in order.
private final class Record<Element: Sendable>: Sendable {
    private let list = Mutex([Element]())
    var all: [Element] { list.withLock { $0 } }
    func append(_ element: Element) { list.withLock { $0.append(element) } }
}
