/** An end of the start that people can act on. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
  readonly exitCode: number;

  /** @param sentence goes to stderr as it is */
  constructor(sentence: string, exitCode: number, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
