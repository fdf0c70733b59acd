/** Keeping a session as an image, and following what the site does in the background meanwhile. */
import type { TaskProgress } from '../../../src-preload/contract/session-facts.ts';

export interface SessionImagesApi {
  /** Saves the container as an archive on the site (`commit`); only while it runs. Goes on after the answer. */
  commit(sessionId: string, filename: string | null, signal?: AbortSignal): Promise<void>;
  /** Null before 22.09. */
  commitStatus(sessionId: string, signal?: AbortSignal): Promise<'ready' | 'ongoing' | null>;
  /** Makes a customized image of it (`imagify`). @returns the id of the task to follow */
  imagify(sessionId: string, imageName: string, signal?: AbortSignal): Promise<string>;
  /** Images that the caller has made, also those that no machine holds; null before 24.03 (`customizedImages`). */
  ownImageCount(signal?: AbortSignal): Promise<number | null>;
  /**
   * Follows a task to its end, over broken streams. Resolves with its last state.
   * Throws BerthError `not-found` for a task that the site does not know (it forgets them after a day).
   */
  followTask(taskId: string, onProgress: (progress: TaskProgress) => void, signal?: AbortSignal): Promise<TaskProgress>;
}
