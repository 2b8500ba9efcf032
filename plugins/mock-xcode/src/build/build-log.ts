import type {BuildIssue} from './issue.ts'

/** Where a build says what it does. */
export interface BuildLog {
  /** A build step with its lines; left out when quiet. */
  step(text: string): void
  /** Diagnostics and what scripts print; shown even when quiet. */
  message(text: string): void
  issue(issue: BuildIssue): void
  /** Called between steps, where scripted delays and faults happen. */
  pause(phase: BuildPhaseName): Promise<void>
}

export type BuildPhaseName = 'resolve' | 'compile' | 'link' | 'sign' | 'test'
