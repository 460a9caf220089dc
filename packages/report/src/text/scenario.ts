/**
 * The diagram "who locks what when": a column per participant and a line per step, or, where that is wider than the
 * terminal, the same steps as a list per participant, numbered in the order in which they happen.
 */
import { displayWidth } from './display-width.ts';
import type { TextStyle } from './text-style.ts';

/** A column: a task of the scenario. */
export interface Participant {
  /** E.g. `T0 main`. */
  readonly name: string;
  /** It shows the dependency that is new in this report. */
  readonly isNew?: boolean;
}

/** One line of the diagram. */
export interface Step {
  /** The index of the participant. */
  readonly by: number;
  readonly text: string;
  /** What the step waits for; told in the list, visible from the arrangement in the diagram. */
  readonly waits?: string;
}

/** Participants and what they do, in order. */
export interface Scenario {
  readonly participants: readonly Participant[];
  readonly steps: readonly Step[];
}

const MARGIN = 2;
const GAP = 4;
const NEW = ' [new]';

/** The diagram's lines; ` *** DEADLOCK ***` is the caller's. */
export function scenarioLines(scenario: Scenario, style: TextStyle): string[] {
  const widths = scenario.participants.map((participant, index) =>
    Math.max(
      displayWidth(title(participant)),
      ...scenario.steps.filter((step) => step.by === index).map((step) => displayWidth(step.text)),
    ),
  );
  const total = MARGIN + widths.reduce((sum, width) => sum + width + GAP, -GAP);
  return total <= style.width ? diagram(scenario, widths, style) : list(scenario, style);
}

function title(participant: Participant): string {
  return participant.isNew === true ? participant.name + NEW : participant.name;
}

function diagram(scenario: Scenario, widths: readonly number[], style: TextStyle): string[] {
  const { participants, steps } = scenario;
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => cell + ' '.repeat(widths[index]! - displayWidth(cell) + GAP)).join('');
  const margin = ' '.repeat(MARGIN);
  const titles = (margin + row(participants.map(title))).trimEnd();
  const rules = (
    margin + row(participants.map((participant) => '-'.repeat(displayWidth(title(participant)))))
  ).trimEnd();
  const offsets = widths.map(
    (_, index) => MARGIN + widths.slice(0, index).reduce((sum, width) => sum + width + GAP, 0),
  );
  return [
    style.paint('heading', titles),
    style.paint('dim', rules),
    ...steps.map((step) => ' '.repeat(offsets[step.by]!) + stepText(step, participants, style)),
  ];
}

function list(scenario: Scenario, style: TextStyle): string[] {
  const digits = String(scenario.steps.length).length;
  return scenario.participants.flatMap((participant, index) => [
    ' '.repeat(MARGIN) + style.paint('heading', title(participant)),
    ...scenario.steps.flatMap((step, at) => {
      if (step.by !== index) return [];
      const waits = step.waits === undefined ? '' : style.paint('dim', `   waits for ${step.waits}`);
      return [
        `${' '.repeat(MARGIN)}${String(at + 1).padStart(digits + MARGIN)}. ${stepText(step, scenario.participants, style)}${waits}`,
      ];
    }),
  ]);
}

function stepText(step: Step, participants: readonly Participant[], style: TextStyle): string {
  return participants[step.by]!.isNew === true ? style.paint('fresh', step.text) : step.text;
}
