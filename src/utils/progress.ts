/** Where long work reports how far it is. The command line draws it; a library caller may ignore it. */
export interface Progress {
  /** `done` of `total` units of `task`; `total` undefined while unknown. Cheap to call often. */
  update(task: string, done: number, total?: number): void;
  /** The task is over; its live line may go. */
  finish(task: string): void;
  /** One sentence that the user should read. */
  note(message: string): void;
}

export const silent: Progress = { update() {}, finish() {}, note() {} };
