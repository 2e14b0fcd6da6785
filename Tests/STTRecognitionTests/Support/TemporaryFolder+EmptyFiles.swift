import Foundation
import TestSupport

extension TemporaryFolder {
    /// A folder with empty files.
    convenience init(_ names: [String]) throws {
        try self.init()
        for name in names { try write(Data(), as: name) }
    }
}
