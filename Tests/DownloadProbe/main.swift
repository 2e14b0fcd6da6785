// A program for the tests of the downloader that need several processes: fetches one file of a catalogue of its own.
//
//     DownloadProbe FOLDER MIRROR PATH SHA256 BYTES
//
// Writes the events of the download to standard output, one JSON object a line, `waiting PID` when another process has
// the folder, and at the end `failed CODE`.

import Foundation
import GigaSTTDownload
import STTValues

func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8)) }

let arguments = CommandLine.arguments
guard arguments.count == 6, let size = Int64(arguments[5]) else {
    say("usage")
    exit(2)
}
let file = ModelFile(path: arguments[3], source: "", sha256: arguments[4], size: .exactly(size))
let catalog = ModelCatalog(heads: [.rnnt: .init(quantized: file, float: nil, companions: [])])
do {
    let downloader = ModelDownloader(
        folder: URL(fileURLWithPath: arguments[1]), catalog: catalog,
        configuration: DownloadConfiguration(mirror: try Mirror(arguments[2])))
    try await downloader.ensure(.rnnt) { event in
        if case .waiting(let holder) = event { say("waiting \(holder ?? 0)") }
        if let json = event.json { say(json) }
    }
} catch let error as DownloadError {
    say("failed \(error.code)")
    exit(1)
}
