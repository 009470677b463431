import { start } from './console/start'

const root = document.getElementById('app')
if (root !== null) void start(root)
