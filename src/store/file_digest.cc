#include "store/file_digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace cnnselect {

Result<std::string> file_digest(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorCode::kNotFound, fmt::format("{}: cannot be read", file.string()));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  bool well = hash != nullptr && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> part(std::size_t{1} << 16U);
  while (well && stream) {
    stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    well =
        EVP_DigestUpdate(hash.get(), part.data(), static_cast<std::size_t>(stream.gcount())) == 1;
  }
  if (!well || EVP_DigestFinal_ex(hash.get(), digest.data(), &size) != 1 || stream.bad()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: no digest of it", file.string()));
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace cnnselect
