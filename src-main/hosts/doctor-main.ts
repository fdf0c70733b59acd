/** The entry of the doctor on the command line: what `npm start -- doctor` imports. */
export { runDoctor } from './doctor-program.ts';
