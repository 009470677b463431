// LevelDB as PouchDB Server has it, but every batch is on the disk before it is acknowledged: the server has no
// setting for that, and LevelDB's own is off unless each write asks for it.
'use strict';

const leveldown = require('leveldown');

module.exports = function (location) {
  const store = leveldown(location);
  const batch = store._batch;
  store._batch = function (operations, options, callback) {
    return batch.call(this, operations, Object.assign({}, options, { sync: true }), callback);
  };
  return store;
};
Object.assign(module.exports, leveldown);
