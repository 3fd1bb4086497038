/** A web server for the files of one folder: started with the folder, the address and the port. Prints `ready`. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const [folder = '', address = '', port = ''] = process.argv.slice(2);

createServer(({ url = '' }, response) => {
  const file = join(folder, decodeURIComponent(basename(url)));
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': found.size });
  createReadStream(file).pipe(response);
}).listen(Number(port), address, () => console.log('ready'));
