export { type AbstractRequest, AbstractRequests } from './abstract-requests.ts';
export { Closure } from './closure.ts';
export { OnlinePrediction } from './online-prediction.ts';
export { PatternSearch, type Prediction } from './pattern-search.ts';
export { findPatterns, type Pattern, type PatternBounds, type Patterns } from './patterns.ts';
export { type Predictions, predict } from './predict.ts';
export { type PredictedDeadlock, type PredictedRequest, RunRecorder, type WitnessRun } from './run-recorder.ts';
export { type Edge, RunTrace, type Section, type TaskTrace } from './run-trace.ts';
