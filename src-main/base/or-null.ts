/** For what is told beside the essential. */
import { BerthError } from './berth-error.ts';

/** What the site refuses or cannot say is left out, and the rest still shown. A defect of our own is thrown on. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof BerthError) return null;
    throw error;
  }
}
