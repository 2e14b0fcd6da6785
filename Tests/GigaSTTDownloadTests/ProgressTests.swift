import Foundation
import Testing

@testable import GigaSTTDownload

@Suite("Progress")
struct ProgressTests {
    @Test(
        arguments: [
            (0, 100, "Downloading f... 0% (0.0MB / 0.0MB)"),
            (1_048_576, 2_097_152, "Downloading f... 50% (1.0MB / 2.0MB)"),
            (1_048_575, 1_048_576, "Downloading f... 99% (1.0MB / 1.0MB)"),
            (26_535_549, 26_535_549, "Downloading f... 100% (25.3MB / 25.3MB)"),
            (157_286, 1_572_864, "Downloading f... 9% (0.1MB / 1.5MB)"),
            (1_572_864, nil, "Downloading f... 1.5MB"), (0, 0, "Downloading f... 100% (0.0MB / 0.0MB)"),
        ] as [(Int64, Int64?, String)])
    func peopleSeePercentAndMegabytes(done: Int64, total: Int64?, text: String) {
        #expect(ProgressLine.text(file: "f", done: done, total: total) == text)
    }

    @Test(
        arguments: [
            (
                DownloadEvent.downloading(file: "a\"b", done: 1, total: 2),
                #"{"phase":"download","file":"a\"b","bytes_done":1,"bytes_total":2}"#
            ),
            (
                .downloading(file: "f", done: 1, total: nil),
                #"{"phase":"download","file":"f","bytes_done":1,"bytes_total":null}"#
            ),
            (.verifying(file: "vad/x"), #"{"phase":"verify","file":"vad/x"}"#),
            (.done(folder: URL(filePath: "/модели")), #"{"phase":"done","model_dir":"/модели"}"#),
            (.waiting(holder: 7), nil), (.retrying(file: "f", after: .seconds(1)), nil),
        ] as [(DownloadEvent, String?)])
    func programsSeeOneObjectAnEvent(event: DownloadEvent, json: String?) {
        #expect(event.json == json)
    }

    @Test(
        arguments: [
            (DownloadError(.network, "a\nb"), #"{"phase":"error","kind":"network","message":"a\nb"}"#),
            (DownloadError(.disk, "a", cause: "c"), #"{"phase":"error","kind":"disk","message":"a\n  (c)"}"#),
            (DownloadError(.checksum, "a"), #"{"phase":"error","kind":"checksum","message":"a"}"#),
            (DownloadError(.locked, "a"), #"{"phase":"error","kind":"other","message":"a"}"#),
            (
                DownloadError(.offline, "a", place: URL(filePath: "/m/f")),
                #"{"phase":"error","kind":"other","message":"a; place the file at /m/f"}"#
            ),
            (CancellationError(), #"{"phase":"error","kind":"interrupted","message":"Interrupted"}"#),
        ] as [(any Error, String)])
    func theLastObjectSaysWhatFailed(error: any Error, json: String) {
        #expect(DownloadEvent.json(failure: error) == json)
    }

    @Test func theMessageForAnybodyHoldsNoPath() {
        let error = DownloadError(.disk, "a", place: URL(filePath: "/secret/f"), cause: "open(/secret/f)")
        #expect(error.description == "disk: a")
        #expect(error.debugDescription.contains("/secret/f"))
    }

    @Test func peopleAreToldOnceAPercent() {
        var pacer = ProgressPacer(.percent)
        let told = (0...10_000).filter { pacer.passes(.downloading(file: "f", done: $0, total: 10_000), at: .zero) }
        #expect(told == (0...100).map { Int64($0) * 100 })
    }

    @Test func programsAreToldFiveTimesASecondAndAtTheEnd() {
        var pacer = ProgressPacer(.interval(.milliseconds(200)))
        let told = (0...100).filter { step in
            pacer.passes(.downloading(file: "f", done: step, total: 100), at: .milliseconds(15 * step))
        }
        // Every fourteenth step of 15 ms is the first after 200 ms.
        #expect(told == [0, 14, 28, 42, 56, 70, 84, 98, 100])
    }

    @Test func eachFileAndEveryOtherEventIsTold() {
        var pacer = ProgressPacer(.interval(.seconds(1)))
        let events: [DownloadEvent] = [
            .downloading(file: "a", done: 0, total: 10), .downloading(file: "a", done: 1, total: 10),
            .downloading(file: "b", done: 1, total: 10), .verifying(file: "b"), .verifying(file: "b"),
        ]
        #expect(events.map { pacer.passes($0, at: .zero) } == [true, false, true, true, true])
    }
}
