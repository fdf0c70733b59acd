/** The sandbox as `npm run sandbox` and Berth run it: importing this file starts it. */
import { main } from './main.ts';

await main(process.argv.slice(2));
