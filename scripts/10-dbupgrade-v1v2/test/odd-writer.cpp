// Writes databases as no v1 node does, which RocksDB's C API cannot: odd-writer MODE DIRECTORY.
// Keys are v1 keys of inode 1001; the process is killed, so that what was not flushed is in the
// write-ahead log only.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/utilities/transaction_db.h>
#include <signal.h>
#include <unistd.h>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

using namespace rocksdb;

static void check(const Status& status) {
  if (status.ok()) return;
  std::cerr << status.ToString() << "\n";
  exit(1);
}

static std::string key(unsigned block) {
  std::string made(16, '\0');
  for (int byte = 0; byte < 4; byte++) made[7 - byte] = char((block * 4096u) >> (8 * byte));
  made[14] = 3;
  made[15] = char(0xe9);
  return made;
}

static void putSome(DB* db, unsigned from) {
  for (unsigned block = from; block < from + 50; block++)
    check(db->Put(WriteOptions(), key(block), "some value"));
}

static void putWide(DB* db, unsigned block) {
  const WideColumns columns{{kDefaultWideColumnName, "default"}, {"owner", "lost when cut down"}};
  check(db->PutEntity(WriteOptions(), db->DefaultColumnFamily(), key(block), columns));
}

static void writeWide(const std::string& mode, const std::string& path) {
  Options options;
  options.create_if_missing = true;
  DB* db = nullptr;
  check(DB::Open(options, path, &db));
  putSome(db, 0);
  putWide(db, 100);
  putSome(db, 200);
  if (mode == "wide-overwritten") {
    check(db->Flush(FlushOptions()));
    check(db->Put(WriteOptions(), key(0), "overwrites, so that fewer keys are read than written"));
  }
  if (mode != "wide-log") check(db->Flush(FlushOptions()));
}

static void writeTransactions(const std::string& mode, const std::string& path) {
  Options options;
  options.create_if_missing = true;
  TransactionDBOptions settings;
  if (mode == "write-prepared") settings.write_policy = WRITE_PREPARED;
  TransactionDB* db = nullptr;
  check(TransactionDB::Open(options, settings, path, &db));
  putSome(db, 0);
  Transaction* transaction = db->BeginTransaction(WriteOptions());
  check(transaction->SetName("first"));
  check(transaction->Put(key(100), "in a transaction"));
  check(transaction->Prepare());
  if (mode == "committed" || mode == "write-prepared") check(transaction->Commit());
  if (mode == "rolled-back") check(transaction->Rollback());
  putSome(db, 200);
}

int main(int, char** arguments) {
  const std::string mode = arguments[1];
  if (mode.rfind("wide-", 0) == 0) writeWide(mode, arguments[2]);
  else writeTransactions(mode, arguments[2]);
  kill(getpid(), SIGKILL);
}
