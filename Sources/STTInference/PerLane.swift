/// One value for each ``InferenceLane``.
public struct PerLane<Value> {
    /// The value of ``InferenceLane/final``.
    public var final: Value
    /// The value of ``InferenceLane/partial``.
    public var partial: Value
    /// The value of ``InferenceLane/file``.
    public var file: Value

    /// Creates the three values.
    public init(final: Value, partial: Value, file: Value) {
        self.final = final
        self.partial = partial
        self.file = file
    }

    /// Creates three equal values.
    public init(repeating value: Value) {
        self.init(final: value, partial: value, file: value)
    }

    /// The value of one lane.
    public subscript(lane: InferenceLane) -> Value {
        get {
            switch lane {
            case .final: self.final
            case .partial: partial
            case .file: file
            }
        }
        // In place: a copy of a lane costs as much as the lane is long.
        _modify {
            switch lane {
            case .final: yield &self.final
            case .partial: yield &partial
            case .file: yield &file
            }
        }
    }

    /// The values in the order in which lanes are served.
    public var all: [Value] { [self.final, partial, file] }

    /// The three results of `transform`.
    public func map<Result>(_ transform: (Value) -> Result) -> PerLane<Result> {
        PerLane<Result>(final: transform(self.final), partial: transform(partial), file: transform(file))
    }
}

extension PerLane: Sendable where Value: Sendable {}
extension PerLane: Equatable where Value: Equatable {}
extension PerLane: Hashable where Value: Hashable {}
